package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterleavedTests {

    @Test
    void everyRoundRunsEveryVariantOnceInAnOrderOfItsOwn() throws InterruptedException {
        List<String> order = new ArrayList<>();
        Interleaved.Rounds rounds =
                new Interleaved(
                                List.of(
                                        () -> order.add("A"),
                                        () -> order.add("B"),
                                        () -> order.add("C")),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ZERO)
                        .run(1);

        assertThat(rounds.seconds()).hasNumberOfRows(3);
        assertThat(rounds.seconds()[0]).hasSizeGreaterThan(10);
        // one round of warming up
        assertThat(order).hasSize(3 * (rounds.seconds()[0].length + 1));
        Set<String> pairs = new HashSet<>();
        for (int round = 0; round < order.size() / 3; round++) {
            assertThat(order.subList(3 * round, 3 * round + 3))
                    .containsExactlyInAnyOrder("A", "B", "C");
        }
        for (int i = 1; i < order.size(); i++) {
            pairs.add(order.get(i - 1) + order.get(i));
        }
        assertThat(pairs).contains("AB", "AC", "BA", "BC", "CA", "CB");
    }

    @Test
    void roundsOfAllWorkersCount() throws InterruptedException {
        Interleaved.Rounds rounds =
                new Interleaved(List.of(() -> {}), Duration.ZERO, Duration.ZERO, Duration.ZERO)
                        .run(3);

        assertThat(rounds.seconds()[0]).hasSize(33);
        assertThat(rounds.ratio(0, 0)).isEqualTo(new Estimate(1, 1, 1, 33));
    }

    @Test
    void shortWorkIsRepeatedInItsTurn() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        Interleaved.Rounds rounds =
                new Interleaved(
                                List.of(runs::incrementAndGet),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ofSeconds(1))
                        .run(1);

        assertThat(runs).hasValue(1 + 11 * 1000);
        assertThat(rounds.time(0).median()).isLessThan(1);
    }

    @Test
    void aVariantThatFailsEndsTheMeasurement() {
        Interleaved failing =
                new Interleaved(
                        List.of(() -> {
                            throw new IllegalArgumentException("no such probe");
                        }),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO);

        assertThatIllegalStateException()
                .isThrownBy(() -> failing.run(1))
                .withMessageContaining("no such probe");
    }
}
