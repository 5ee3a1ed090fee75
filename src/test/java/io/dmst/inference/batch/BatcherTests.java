package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatcherTests {

    private static final Limits LIMITS =
            new Limits(3, 1, Duration.ofMillis(50), Duration.ofSeconds(20));

    private static final Limits ROOMY =
            new Limits(8, 1, Duration.ofMillis(50), Duration.ofSeconds(20));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeComputation engine = new FakeComputation();

    private Batcher open(Supplier<FakeComputation> engines, Limits limits) {
        return Batcher.open(engines, limits, FakeComputation.MODEL, meters);
    }

    private Batcher open() {
        return open(() -> engine, LIMITS);
    }

    private static CompletableFuture<Outcome> submit(Batcher batcher, String id) {
        return batcher.submit(FakeComputation.request(id, 7, Deadline.none()));
    }

    private static Outcome get(CompletableFuture<Outcome> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS);
    }

    private static FailureCode code(CompletableFuture<Outcome> answer) throws Exception {
        return ((Failure) get(answer)).code();
    }

    /** Waits until the queue has dealt with everything that came before. */
    private static void settle(Batcher batcher) throws Exception {
        for (int turn = 0; turn < 2; turn++) {
            Deadline passed = Deadline.after(Duration.ZERO);
            assertThat(code(batcher.submit(FakeComputation.request("late", 0, passed))))
                    .isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        }
    }

    private double shed(Shed reason) {
        return meters.counter("dmst.shed", "reason", reason.label()).count();
    }

    @Test
    void aRequestIsAnsweredWithItsOwnNumbersAndItsTiming() throws Exception {
        try (Batcher batcher = open()) {
            Prediction prediction = (Prediction) get(submit(batcher, "one"));
            assertThat(prediction.logits()).containsExactly(7);
            assertThat(prediction.timing().batchSize()).isEqualTo(1);
            assertThat(prediction.timing().queue()).isPositive();
        }
        assertThat(engine.closed).isTrue();
    }

    @Test
    void whatComesWhileTheEngineIsBusyIsComputedTogetherAndInOrder() throws Exception {
        engine.held();
        try (Batcher batcher = open(() -> engine, ROOMY)) {
            List<CompletableFuture<Outcome>> answers = new ArrayList<>();
            answers.add(submit(batcher, "a"));
            engine.entered.await();
            for (String id : List.of("b", "c", "d")) {
                answers.add(submit(batcher, id));
            }
            settle(batcher);
            engine.release.countDown();
            for (CompletableFuture<Outcome> answer : answers) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
            assertThat(engine.computed).containsExactly(List.of("a"), List.of("b", "c", "d"));
        }
    }

    @Test
    void aFullQueueRefusesAtOnceAndAClientThatLeavesMakesRoom() throws Exception {
        engine.held();
        try (Batcher batcher = open()) {
            CompletableFuture<Outcome> running = submit(batcher, "running");
            engine.entered.await();
            CompletableFuture<Outcome> first = submit(batcher, "first");
            CompletableFuture<Outcome> leaves = submit(batcher, "leaves");
            CompletableFuture<Outcome> last = submit(batcher, "last");
            assertThat(meters.get("dmst.queue.depth").tag("model", "tiny").gauge().value())
                    .isEqualTo(3);
            CompletableFuture<Outcome> refused = submit(batcher, "refused");
            assertThat(refused).isDone();
            assertThat(code(refused)).isEqualTo(FailureCode.OVERLOADED);
            assertThat(((Failure) get(refused)).retryAfter()).isPositive();

            leaves.cancel(true);
            CompletableFuture<Outcome> instead = submit(batcher, "instead");
            engine.release.countDown();
            for (CompletableFuture<Outcome> answer : List.of(running, first, last, instead)) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
        }
        assertThat(engine.computed.stream().flatMap(List::stream))
                .containsExactly("running", "first", "last", "instead");
        assertThat(shed(Shed.QUEUE_FULL)).isOne();
        assertThat(shed(Shed.CANCELLED)).isOne();
    }

    private static FailureCode refusal(Batcher batcher, Duration left, int ahead) {
        return batcher.refusal(Deadline.after(left), ahead, 0).orElseThrow().code();
    }

    @Test
    void whatWouldBeRefusedIsToldBeforeItIsSent() throws Exception {
        engine.held();
        Duration long_ = Duration.ofDays(1);
        Batcher batcher = open();
        try (batcher) {
            assertThat(batcher.refusal(Deadline.after(Duration.ofNanos(1)), 0, 0))
                    .as("nobody is in its way")
                    .isEmpty();
            assertThat(batcher.refusal(Deadline.after(Duration.ZERO), 0, 1))
                    .as("somebody may be by then")
                    .isPresent();
            CompletableFuture<Outcome> running = submit(batcher, "running");
            engine.entered.await();
            CompletableFuture<Outcome> first = submit(batcher, "first");
            settle(batcher);
            assertThat(batcher.refusal(Deadline.after(long_), 1, 0)).isEmpty();
            assertThat(refusal(batcher, long_, 2)).isEqualTo(FailureCode.OVERLOADED);
            assertThat(shed(Shed.QUEUE_FULL)).isOne();
            assertThat(refusal(batcher, Duration.ZERO, 0)).isEqualTo(FailureCode.OVERLOADED);
            assertThat(shed(Shed.PREDICTED_LATE)).isEqualTo(2);
            engine.release.countDown();
            for (CompletableFuture<Outcome> answer : List.of(running, first)) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
        }
        assertThat(refusal(batcher, long_, 0)).isEqualTo(FailureCode.NOT_READY);
        assertThat(shed(Shed.NOT_READY)).isOne();
    }

    @Test
    void whoHasBeenAnsweredKeepsNobodyAway() throws Exception {
        engine.held();
        try (Batcher batcher = open()) {
            CompletableFuture<Outcome> running = submit(batcher, "running");
            engine.entered.await();
            CompletableFuture<Outcome> first = submit(batcher, "first");
            settle(batcher);
            assertThat(refusal(batcher, Duration.ZERO, 0)).isEqualTo(FailureCode.OVERLOADED);
            engine.release.countDown();
            get(running);
            get(first);
            // nobody comes any more who would have the forecast made anew
            long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (batcher.refusal(Deadline.after(Duration.ZERO), 0, 0).isPresent()) {
                assertThat(System.nanoTime()).as("still refused").isLessThan(patience);
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aDeadlineIsAnsweredWhileTheEngineIsBusyAndWhoItWasIsNotComputed() throws Exception {
        engine.held();
        try (Batcher batcher = open()) {
            CompletableFuture<Outcome> computed =
                    batcher.submit(
                            FakeComputation.request(
                                    "computed", 1, Deadline.after(Duration.ofMillis(300))));
            engine.entered.await();

            CompletableFuture<Outcome> waits =
                    batcher.submit(
                            FakeComputation.request(
                                    "waits", 1, Deadline.after(Duration.ofMillis(200))));
            assertThat(code(waits)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
            assertThat(code(computed)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
            assertThat(engine.release.getCount()).as("the engine still computes").isOne();
            engine.release.countDown();
        }
        assertThat(engine.computed).containsExactly(List.of("computed"));
        assertThat(shed(Shed.DEADLINE)).isEqualTo(2);
    }

    @Test
    void plainAndTracedRequestsDoNotShareABatch() throws Exception {
        engine.held();
        try (Batcher batcher = open(() -> engine, ROOMY)) {
            CompletableFuture<Outcome> first = submit(batcher, "a");
            engine.entered.await();
            List<CompletableFuture<Outcome>> answers =
                    List.of(
                            first,
                            submit(batcher, "plain"),
                            batcher.submit(
                                    FakeComputation.request(
                                            "one", 1, Deadline.none(), "membership.0")),
                            batcher.submit(
                                    FakeComputation.request(
                                            "other", 1, Deadline.none(), "membership.1")));
            settle(batcher);
            engine.release.countDown();
            for (CompletableFuture<Outcome> answer : answers) {
                get(answer);
            }
            assertThat(engine.computed)
                    .containsExactly(List.of("a"), List.of("plain"), List.of("one", "other"));
        }
    }

    @Test
    void aPoisonousImageFailsAloneAndItsNeighboursAreAnswered() throws Exception {
        FakeComputation poisoned = new FakeComputation().held();
        var hold = poisoned.before;
        poisoned.before =
                batch -> {
                    hold.accept(batch);
                    if (batch.stream().anyMatch(request -> request.id().equals("poison"))) {
                        throw new IllegalStateException("secret");
                    }
                };
        AtomicInteger checks = new AtomicInteger();
        poisoned.check = checks::incrementAndGet;
        try (Batcher batcher = open(() -> poisoned, ROOMY)) {
            CompletableFuture<Outcome> first = submit(batcher, "first");
            poisoned.entered.await();
            CompletableFuture<Outcome> left = submit(batcher, "left");
            CompletableFuture<Outcome> poison = submit(batcher, "poison");
            CompletableFuture<Outcome> right = submit(batcher, "right");
            settle(batcher);
            poisoned.release.countDown();
            for (CompletableFuture<Outcome> answer : List.of(first, left, right)) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
            assertThat(code(poison)).isEqualTo(FailureCode.INTERNAL);
            assertThat(((Failure) get(poison)).detail()).doesNotContain("secret");

            // a series of them casts a suspicion that the check lifts
            for (int i = 0; i < 6; i++) {
                assertThat(code(submit(batcher, "poison"))).isEqualTo(FailureCode.INTERNAL);
            }
            assertThat(get(submit(batcher, "after"))).isInstanceOf(Prediction.class);
            assertThat(batcher.ready()).isTrue();
        }
        assertThat(checks).hasValue(3);
        assertThat(meters.find("dmst.engine.rebuilds").counter()).isNull();
    }

    @Test
    void anEngineThatFailsRepeatedlyIsReplacedAndMeanwhileTheModelIsNotReady() throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch mayBuild = new CountDownLatch(1);
        FakeComputation broken = new FakeComputation();
        AtomicInteger built = new AtomicInteger();
        Supplier<FakeComputation> engines =
                () -> {
                    switch (built.getAndIncrement()) {
                        case 0 -> {
                            return broken;
                        }
                        case 1 -> {
                            building.countDown();
                            await(mayBuild);
                            throw new IllegalStateException("not yet");
                        }
                        default -> {
                            return engine;
                        }
                    }
                };
        try (Batcher batcher = open(engines, LIMITS)) {
            broken.before =
                    batch -> {
                        throw new IllegalStateException("broken");
                    };
            broken.check =
                    () -> {
                        throw new IllegalStateException("broken");
                    };
            for (int i = 0; i < 3; i++) {
                assertThat(code(submit(batcher, "fails"))).isEqualTo(FailureCode.INTERNAL);
            }
            building.await();
            assertThat(batcher.ready()).isFalse();
            assertThat(broken.closed).isTrue();
            Failure refused = (Failure) get(submit(batcher, "refused"));
            assertThat(refused.code()).isEqualTo(FailureCode.NOT_READY);
            assertThat(refused.retryAfter()).isPositive();
            mayBuild.countDown();
            while (!batcher.ready()) {
                Thread.sleep(5);
            }
            assertThat(get(submit(batcher, "again"))).isInstanceOf(Prediction.class);
        }
        assertThat(built).hasValue(3);
        assertThat(engine.computed).containsExactly(List.of("again"));
        assertThat(meters.counter("dmst.engine.rebuilds", "model", "tiny").count()).isOne();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anEngineThatFailsItsFirstCheckDoesNotServe() {
        engine.check =
                () -> {
                    throw new IllegalStateException("golden image 0: logits");
                };
        assertThatThrownBy(this::open).hasMessageContaining("golden image 0");
        assertThat(engine.closed).isTrue();
    }

    @Test
    void closingRefusesNewcomersFirstAndAnswersThoseThatWereTaken() throws Exception {
        engine.held();
        Batcher batcher = open();
        CompletableFuture<Outcome> running = submit(batcher, "running");
        engine.entered.await();
        CompletableFuture<Outcome> waiting = submit(batcher, "waiting");
        Thread closing = Thread.startVirtualThread(batcher::close);
        while (batcher.ready()) {
            Thread.onSpinWait();
        }
        assertThat(code(submit(batcher, "late"))).isEqualTo(FailureCode.NOT_READY);
        assertThat(running).isNotDone();
        engine.release.countDown();
        assertThat(get(running)).isInstanceOf(Prediction.class);
        assertThat(get(waiting)).isInstanceOf(Prediction.class);
        closing.join();
        assertThat(engine.closed).isTrue();
        assertThat(meters.find("dmst.queue.depth").gauge()).isNull();
        batcher.close();
    }

    @Test
    void onceTheDrainTimeIsOverTheRestIsToldThatTheModelIsNotReady() throws Exception {
        engine.held();
        Batcher batcher =
                open(() -> engine, new Limits(3, 1, Duration.ofMillis(50), Duration.ZERO));
        CompletableFuture<Outcome> running = submit(batcher, "running");
        engine.entered.await();
        CompletableFuture<Outcome> waiting = submit(batcher, "waiting");
        batcher.close();
        assertThat(code(running)).isEqualTo(FailureCode.NOT_READY);
        assertThat(code(waiting)).isEqualTo(FailureCode.NOT_READY);
        engine.release.countDown();
    }
}
