package io.dmst.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "policies and slices are Linux's")
class PrecedenceTests {

    private static final int THIS_THREAD = 0;

    @Test
    void aThreadOfTheNetworkThatWaitedForItsTurnsGoesFirst() {
        assertThat(inAThread("grpc-loop-test", () -> Turns.take() && given().equals(first())))
                .isTrue();
    }

    @Test
    void anotherGoesOnWaiting() {
        assertThat(inAThread("decode-test", () -> Turns.take() && isInTurn(given()))).isTrue();
    }

    @Test
    void whoWasStartedByTheNetworkDoesNotGoFirstForThat() {
        assertThat(inAThread("http-nio-1-test", PrecedenceTests::startsOneThatWaits)).isTrue();
    }

    @Test
    void aThreadThatNeverWaitedIsLeftAlone() {
        assertThat(inAThread("ForkJoinPool-1-test", () -> now().equals(given()))).isTrue();
    }

    @Test
    void whoComputesWaitsAndHasLongTurnsWhoeverStartedIt() {
        assertThat(
                        inAThread(
                                "grpc-loop-test",
                                () ->
                                        Turns.take()
                                                && given().equals(first())
                                                && inAThread(
                                                        "decode-test",
                                                        PrecedenceTests::hasLongTurns)))
                .isTrue();
    }

    @Test
    void inRealTimeTheNetworkAndTheCollectorGoFirstAndNobodyElse() {
        assertThat(inAThread("http-nio-1-test", () -> Turns.take() && realTimeGiven()))
                .isEqualTo(mayBeRealTime());
        assertThat(inAThread("grpc-loop-test", () -> Turns.take() && realTimeGiven()))
                .isEqualTo(mayBeRealTime());
        assertThat(inAThread("GC Thread#test", PrecedenceTests::realTimeGiven))
                .isEqualTo(mayBeRealTime());
        assertThat(inAThread("decode-test", () -> Turns.take() && realTimeGiven())).isFalse();
    }

    @Test
    void whoWasStartedByAThreadInRealTimeIsNone() {
        assumeThat(mayBeRealTime())
                .as("whether this process may have threads in real time")
                .isTrue();
        assertThat(
                        inAThread(
                                "http-nio-1-test",
                                () ->
                                        Turns.take()
                                                && realTimeGiven()
                                                && inAThread(
                                                        "load-test",
                                                        () ->
                                                                now().equals(Precedence.REAL_TIME)
                                                                        && !realTimeGiven()
                                                                        && Turns.waits())))
                .isTrue();
    }

    @Test
    void whoAsksForRealTimeIsAsBeforeAfterwards() {
        assertThat(
                        inAThread(
                                "precedence-test",
                                () -> {
                                    SchedulingAttributes before = now();
                                    Precedence.mayBeRealTime();
                                    return now().equals(before);
                                }))
                .isTrue();
    }

    @Test
    void aTimeIsNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SchedulingProperties(true, Duration.ofNanos(-1), true))
                .withMessage(
                        "dmst.scheduling.network-first must not be negative, not PT-0.000000001S");
    }

    private static boolean startsOneThatWaits() {
        return Turns.take()
                && given().equals(first())
                && inAThread("load-test", () -> now().equals(first()) && isInTurn(given()));
    }

    private static boolean hasLongTurns() {
        Turns.lengthen();
        SchedulingAttributes now = now();
        return Turns.waits() && (now.slice().isZero() || now.slice().equals(Turns.LONG_SLICE));
    }

    private static boolean isInTurn(SchedulingAttributes attributes) {
        return attributes.policy() == Turns.SCHED_BATCH
                && !attributes.slice().equals(Precedence.SHORT_SLICES.slice());
    }

    /** What goes first has; before Linux 6.12 slices are not kept. */
    private static SchedulingAttributes first() {
        return now().slice().isZero()
                ? new SchedulingAttributes(Turns.SCHED_OTHER, Duration.ZERO)
                : Precedence.SHORT_SLICES;
    }

    private static boolean mayBeRealTime() {
        return inAThread("asking-test", Precedence::mayBeRealTime);
    }

    private static boolean realTimeGiven() {
        try {
            new Precedence(Precedence.REAL_TIME).give();
            return now().equals(Precedence.REAL_TIME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedulingAttributes given() {
        try {
            new Precedence(Precedence.SHORT_SLICES).give();
            return now();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedulingAttributes now() {
        Optional<SchedulingAttributes> attributes = SchedulingAttributes.of(THIS_THREAD);
        assertThat(attributes).isPresent();
        return attributes.orElseThrow();
    }

    private static boolean inAThread(String name, Supplier<Boolean> question) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread.ofPlatform()
                .name(name)
                .start(() -> {
                    try {
                        answer.complete(question.get());
                    } catch (RuntimeException | Error e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer.join();
    }
}
