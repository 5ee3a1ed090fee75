package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavedTests {

    @Test
    void everyRoundRunsEveryVariantOnceAndNoneIsAlwaysFirst() throws InterruptedException {
        List<String> order = new ArrayList<>();
        Interleaved.Rounds rounds =
                new Interleaved(
                                List.of(
                                        () -> order.add("A"),
                                        () -> order.add("B"),
                                        () -> order.add("C")),
                                Duration.ZERO,
                                Duration.ZERO)
                        .run(1);

        assertThat(rounds.seconds()).hasNumberOfRows(3);
        assertThat(rounds.seconds()[0]).hasSizeGreaterThan(10);
        // one round of warming up
        assertThat(order.subList(0, 9))
                .containsExactly("A", "B", "C", "A", "B", "C", "B", "C", "A");
        for (String variant : List.of("A", "B", "C")) {
            assertThat(Collections.frequency(order, variant))
                    .isEqualTo(rounds.seconds()[0].length + 1);
        }
    }

    @Test
    void roundsOfAllWorkersCount() throws InterruptedException {
        Interleaved.Rounds rounds =
                new Interleaved(List.of(() -> {}), Duration.ZERO, Duration.ZERO).run(3);

        assertThat(rounds.seconds()[0]).hasSize(33);
        assertThat(rounds.ratio(0, 0)).isEqualTo(new Estimate(1, 1, 1, 33));
    }

    @Test
    void aVariantThatFailsEndsTheMeasurement() {
        Interleaved failing =
                new Interleaved(
                        List.of(() -> {
                            throw new IllegalArgumentException("no such probe");
                        }),
                        Duration.ZERO,
                        Duration.ZERO);

        assertThatIllegalStateException()
                .isThrownBy(() -> failing.run(1))
                .withMessageContaining("no such probe");
    }
}
