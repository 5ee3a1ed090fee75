package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DmstTests {

    @Test
    void itSaysItsVersion() {
        Console run = Console.run("--version");

        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("dmst (development|\\d+\\.\\d+\\.\\d+.*)\\R");
    }
}
