package io.dmst.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "processors are bound on Linux")
class AffinityTests {

    @Test
    void aThreadAndWhatItStartsRunWhereTheyAreBound() throws IOException {
        SortedSet<Integer> before = Affinity.processors();
        int last = before.last();
        CompletableFuture<SortedSet<Integer>> bound = new CompletableFuture<>();
        CompletableFuture<String> child = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    Affinity.set(List.of(last));
                    bound.complete(Affinity.processors());
                    try {
                        Process process =
                                new ProcessBuilder("grep", "Cpus_allowed_list", "/proc/self/status")
                                        .start();
                        child.complete(new String(process.getInputStream().readAllBytes()));
                    } catch (IOException e) {
                        child.completeExceptionally(e);
                    }
                });

        assertThat(before).hasSize(Runtime.getRuntime().availableProcessors());
        assertThat(bound.join()).containsExactly(last);
        assertThat(child.join()).endsWith("\t" + last + "\n");
        assertThat(Affinity.processors()).isEqualTo(before);
    }

    @Test
    void processorsThatTheMachineHasNotAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Affinity.set(List.of(1023)))
                .withMessageContaining("[1023]")
                .withMessageContaining(Affinity.processors().toString());
        assertThatIllegalArgumentException().isThrownBy(() -> Affinity.set(List.of(-1)));
    }
}
