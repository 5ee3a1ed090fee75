package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.scheduling.Turns;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

    private static final int REQUESTS = 400;

    /** What the engine does while the deadlines pass. */
    private enum Engine {
        /** Waits, as for a GPU: the processors are free. */
        WAITS,
        /** Computes on every processor at once. */
        COMPUTES
    }

    /**
     * An answer.
     *
     * @param nanos since the deadline
     */
    private record Late(Outcome outcome, long nanos) {}

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
        try (Batcher batcher = openedAsInTheService(does, limits);
                AutoCloseable ignored = () -> over = true) {
            for (int i = 0; i < 8 * workers; i++) {
                batcher.submit(FakeComputation.request("busy", 0, Deadline.none()));
            }
            // the first refusal of a process loads its classes
            batcher.submit(
                    FakeComputation.request("first", 0, Deadline.after(Duration.ofMillis(300))));
            List<CompletableFuture<Late>> answers = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < REQUESTS; i++) {
                Deadline deadline = Deadline.after(Duration.ofMillis(random.nextInt(700, 1_700)));
                answers.add(
                        batcher.submit(FakeComputation.request("late", 0, deadline))
                                .thenApply(outcome ->
                                        new Late(
                                                outcome, System.nanoTime() - deadline.nanoTime())));
            }
            List<Long> nanos = new ArrayList<>();
            for (CompletableFuture<Late> answer : answers) {
                Late late = answer.get(30, TimeUnit.SECONDS);
                FailureCode code = ((Failure) late.outcome()).code();
                // an engine that was slow when it was measured has some refused on arrival
                assertThat(code).isIn(FailureCode.DEADLINE_EXCEEDED, FailureCode.OVERLOADED);
                if (code == FailureCode.DEADLINE_EXCEEDED) {
                    nanos.add(late.nanos());
                }
            }
            Collections.sort(nanos);
            assertThat(nanos).isNotEmpty();
            assertThat(nanos.getFirst()).isNotNegative();
            int taken = nanos.size();
            System.out.printf(
                    "engine %s: answered after the deadline by %.2f ms (median), %.2f (99 %%), %.2f"
                            + " (the latest of %d)%n",
                    does.name().toLowerCase(Locale.ROOT),
                    nanos.get(taken / 2) / 1e6,
                    nanos.get(taken * 99 / 100) / 1e6,
                    nanos.getLast() / 1e6,
                    taken);
        }
    }

    /** By a thread that waits for its turn, as do those that it starts. */
    private Batcher openedAsInTheService(Engine does, Limits limits) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            Turns.take();
                            return Batcher.open(
                                    () -> busy(does),
                                    limits,
                                    FakeComputation.MODEL,
                                    new SimpleMeterRegistry());
                        },
                        opening -> Thread.ofPlatform().start(opening))
                .join();
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
