package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.inference.Deadline;
import io.dmst.inference.FailureCode;
import io.dmst.inference.FakePredictor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WaitingTests {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Waiting waiting = new Waiting();

    @BeforeEach
    void begin() {
        waiting.afterPropertiesSet();
    }

    @AfterEach
    void end() {
        waiting.destroy();
    }

    private static Call call(Duration allowed) {
        return call(allowed, new Exchange("http", null, "/v1/classify"));
    }

    private static Call call(Duration allowed, Exchange exchange) {
        return new Call(new FakePredictor("1"), Set.of(), Deadline.after(allowed), exchange);
    }

    /** A call of this thread's, whose caller is looked for. */
    private static Call watched(BooleanSupplier gone) {
        Exchange exchange = new Exchange("http", null, "/v1/classify");
        exchange.caller(gone);
        return call(LONG, exchange);
    }

    private static FailureCode refused(Checked<String> result) {
        assertThat(result).isInstanceOf(Checked.Refused.class);
        return ((Checked.Refused<String>) result).failure().code();
    }

    @Test
    void aResultIsHandedOnWheneverItIsThere() throws Exception {
        CompletableFuture<Checked<String>> later = new CompletableFuture<>();
        later.completeOnTimeout(Checked.accepted("later"), 120, TimeUnit.MILLISECONDS);

        assertThat(
                        waiting.result(
                                CompletableFuture.completedFuture(Checked.accepted("now")),
                                call(LONG)))
                .isEqualTo(Checked.accepted("now"));
        assertThat(waiting.result(later, call(LONG))).isEqualTo(Checked.accepted("later"));
    }

    @Test
    void workThatFailsInsteadOfRefusingIsAFault() {
        CompletableFuture<Checked<String>> failed = new CompletableFuture<>();
        failed.orTimeout(20, TimeUnit.MILLISECONDS);

        assertThatThrownBy(() -> waiting.result(failed, call(LONG)))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aResultThatNobodyWaitsForIsRefusedAtItsDeadlineToo() throws Exception {
        CompletableFuture<Checked<String>> inTime = new CompletableFuture<>();
        CompletableFuture<Checked<String>> never = new CompletableFuture<>();
        long begun = System.nanoTime();
        waiting.limit(inTime, call(LONG));
        waiting.limit(never, call(Duration.ofMillis(70)));
        inTime.complete(Checked.accepted("in time"));

        assertThat(refused(never.get())).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(70), LONG);
        assertThat(inTime.get()).isEqualTo(Checked.accepted("in time"));
    }

    @Test
    void theDeadlineEndsTheWaitNeverBeforeItsTime() throws Exception {
        for (int millis : new int[] {0, 1, 7, 49, 50, 51, 130}) {
            // now and then nobody has waited for a while, so that the watch sleeps
            Thread.sleep(millis % 2 * 120);
            CompletableFuture<Checked<String>> never = new CompletableFuture<>();
            long begun = System.nanoTime();

            Checked<String> result = waiting.result(never, call(Duration.ofMillis(millis)));

            assertThat(refused(result)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis).plus(LONG));
            assertThat(never).isDone();
        }
    }

    @Test
    void deadlinesOfManyWhoWaitAreKeptInWhateverOrderTheyCame() throws Exception {
        List<Future<Checked<String>>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 400; i++) {
                Duration allowed = Duration.ofMillis(ThreadLocalRandom.current().nextLong(200));
                all.add(
                        threads.submit(
                                () -> waiting.result(new CompletableFuture<>(), call(allowed))));
            }
        }

        for (Future<Checked<String>> each : all) {
            assertThat(refused(each.get())).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void aCallerWhoHasGoneEndsTheWait() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Call call = watched(() -> looks.incrementAndGet() == 3);
        CompletableFuture<Checked<String>> never = new CompletableFuture<>();

        Checked<String> result = waiting.result(never, call);

        assertThat(result).isEqualTo(new Checked.Refused<>(Refusals.nobody()));
        assertThat(never).isDone();
        assertThat(call.exchange().outcome()).isEqualTo("cancelled");
        // the next wait of the same request is not even begun
        CompletableFuture<Checked<String>> next = new CompletableFuture<>();
        assertThat(waiting.result(next, call)).isEqualTo(new Checked.Refused<>(Refusals.nobody()));
        assertThat(refused(next.getNow(Checked.accepted("goes on"))))
                .isEqualTo(Refusals.nobody().code());
    }

    @Test
    void aCallerIsLookedForWhileItsThreadWaitsAndAtNoOtherTime() throws Exception {
        AtomicBoolean waits = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean();
        Call call =
                watched(() -> {
                    boolean before = waits.get();
                    Thread.onSpinWait();
                    broken.compareAndSet(false, !before || !waits.get());
                    looks.incrementAndGet();
                    return false;
                });

        for (int i = 0; looks.get() < 5; i++) {
            CompletableFuture<Checked<String>> pending = new CompletableFuture<>();
            pending.completeOnTimeout(Checked.accepted("done"), i % 7, TimeUnit.MILLISECONDS);
            waits.set(true);
            waiting.result(pending, call);
            waits.set(false);
        }

        assertThat(broken).isFalse();
    }

    @Test
    void manyCallersAreAllLookedForAgainAndAgain() throws Exception {
        int many = 1_000;
        CountDownLatch waits = new CountDownLatch(many);
        List<Future<Checked<String>>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                AtomicInteger looks = new AtomicInteger();
                all.add(
                        threads.submit(() -> {
                            Call call = watched(() -> looks.incrementAndGet() == 3);
                            waits.countDown();
                            return waiting.result(new CompletableFuture<>(), call);
                        }));
            }
            waits.await();
        }
        for (Future<Checked<String>> each : all) {
            assertThat(each.get()).isEqualTo(new Checked.Refused<>(Refusals.nobody()));
        }
    }

    @Test
    void anotherThreadOfTheRequestDoesNotLook() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Call call =
                watched(() -> {
                    looks.incrementAndGet();
                    return true;
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Checked<String>> pending = new CompletableFuture<>();
            pending.completeOnTimeout(Checked.accepted("done"), 160, TimeUnit.MILLISECONDS);

            assertThat(threads.submit(() -> waiting.result(pending, call)).get())
                    .isEqualTo(Checked.accepted("done"));
        }
        assertThat(looks).hasValue(0);
    }

    @Test
    void whoLooksInVainDoesNotHarmTheOthers() throws Exception {
        Call broken =
                watched(() -> {
                    throw new IllegalStateException("the look failed; this belongs to the test");
                });
        CompletableFuture<Checked<String>> pending = new CompletableFuture<>();
        pending.completeOnTimeout(Checked.accepted("done"), 160, TimeUnit.MILLISECONDS);

        assertThat(waiting.result(pending, broken)).isEqualTo(Checked.accepted("done"));
        assertThat(refused(waiting.result(new CompletableFuture<>(), call(Duration.ofMillis(9)))))
                .isEqualTo(FailureCode.DEADLINE_EXCEEDED);
    }

    @Test
    void aThreadThatIsInterruptedCancelsTheWork() throws Exception {
        CompletableFuture<Checked<String>> never = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Checked<String>> result = new CompletableFuture<>();
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    begun.countDown();
                    result.complete(waiting.result(never, call(LONG)));
                });
        begun.await();
        waiter.interrupt();

        assertThat(refused(result.get())).isEqualTo(FailureCode.NOT_READY);
        assertThat(never).isDone();
    }
}
