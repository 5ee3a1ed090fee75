package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who waits behind a batch that does not end is answered at their deadline, not at its end. How
 * late is printed, not asserted: it is the machine's to say.
 */
@Timeout(60)
class DeadlineLatenessTests {

    private static final int REQUESTS = 1_000;

    /** What the engine does while the deadlines pass. */
    private enum Engine {
        /** Waits, as for a GPU: the processors are free. */
        WAITS,
        /** Computes on every processor at once. */
        COMPUTES
    }

    private volatile boolean over;

    @ParameterizedTest
    @EnumSource
    void deadlinesAreKeptWhileTheEngineIsBusy(Engine does) throws Exception {
        int workers = does == Engine.WAITS ? 1 : Runtime.getRuntime().availableProcessors();
        Limits limits =
                new Limits(
                        REQUESTS + 8 * workers,
                        workers,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(20));
        try (Batcher batcher =
                Batcher.open(
                        () -> busy(does),
                        limits,
                        FakeComputation.MODEL,
                        new SimpleMeterRegistry())) {
            for (int i = 0; i < 8 * workers; i++) {
                batcher.submit(FakeComputation.request("busy", 0, Deadline.none()));
            }
            List<CompletableFuture<Long>> lateness = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < REQUESTS; i++) {
                Deadline deadline = Deadline.after(Duration.ofMillis(random.nextInt(200, 2_200)));
                lateness.add(
                        batcher.submit(FakeComputation.request("late", 0, deadline))
                                .thenApply(outcome -> {
                                    long now = System.nanoTime();
                                    assertThat(outcome)
                                            .isInstanceOfSatisfying(
                                                    Failure.class,
                                                    failure ->
                                                            assertThat(failure.code())
                                                                    .isEqualTo(
                                                                            FailureCode
                                                                                    .DEADLINE_EXCEEDED));
                                    return now - deadline.nanoTime();
                                }));
            }
            long[] nanos = new long[REQUESTS];
            for (int i = 0; i < REQUESTS; i++) {
                nanos[i] = lateness.get(i).get(30, TimeUnit.SECONDS);
            }
            over = true;
            Arrays.sort(nanos);
            assertThat(nanos[0]).isNotNegative();
            System.out.printf(
                    "engine %s: answered after the deadline by %.2f ms (median), %.2f (99 %%), %.2f"
                            + " (the latest of %d)%n",
                    does.name().toLowerCase(Locale.ROOT),
                    nanos[REQUESTS / 2] / 1e6,
                    nanos[REQUESTS * 99 / 100] / 1e6,
                    nanos[REQUESTS - 1] / 1e6,
                    REQUESTS);
        }
    }

    private FakeComputation busy(Engine does) {
        FakeComputation engine = new FakeComputation();
        engine.before =
                batch -> {
                    while (!over) {
                        if (does == Engine.WAITS) {
                            pause();
                        } else {
                            Thread.onSpinWait();
                        }
                    }
                };
        return engine;
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
