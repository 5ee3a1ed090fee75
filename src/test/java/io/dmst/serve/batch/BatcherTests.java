package io.dmst.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
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

    private static final Batcher.Limits LIMITS =
            new Batcher.Limits(1, Duration.ofMillis(50), Duration.ofSeconds(20));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeComputation engine = new FakeComputation();

    private Batcher open(Supplier<FakeComputation> engines, Batcher.Limits limits) {
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
        try (Batcher batcher = open(() -> engine, LIMITS)) {
            List<CompletableFuture<Outcome>> answers = new ArrayList<>();
            answers.add(submit(batcher, "a"));
            engine.entered.await();
            for (String id : List.of("b", "c", "d")) {
                answers.add(submit(batcher, id));
            }
            engine.release.countDown();
            for (CompletableFuture<Outcome> answer : answers) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
            assertThat(engine.computed).containsExactly(List.of("a"), List.of("b", "c", "d"));
        }
    }

    @Test
    void cancelledRequestsAreNotComputed() throws Exception {
        engine.held();
        try (Batcher batcher = open()) {
            CompletableFuture<Outcome> running = submit(batcher, "running");
            engine.entered.await();
            CompletableFuture<Outcome> first = submit(batcher, "first");
            CompletableFuture<Outcome> cancelled = submit(batcher, "cancelled");
            assertThat(meters.get("dmst.queue.depth").tag("model", "tiny").gauge().value())
                    .isEqualTo(2);
            cancelled.cancel(true);
            engine.release.countDown();
            assertThat(get(running)).isInstanceOf(Prediction.class);
            assertThat(get(first)).isInstanceOf(Prediction.class);
        }
        assertThat(engine.computed.stream().flatMap(List::stream))
                .containsExactly("running", "first");
        assertThat(meters.counter("dmst.shed", "reason", "cancelled").count()).isOne();
    }

    @Test
    void plainAndTracedRequestsDoNotShareABatch() throws Exception {
        engine.held();
        try (Batcher batcher = open(() -> engine, LIMITS)) {
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
        try (Batcher batcher = open(() -> poisoned, LIMITS)) {
            CompletableFuture<Outcome> first = submit(batcher, "first");
            poisoned.entered.await();
            CompletableFuture<Outcome> left = submit(batcher, "left");
            CompletableFuture<Outcome> poison = submit(batcher, "poison");
            CompletableFuture<Outcome> right = submit(batcher, "right");
            poisoned.release.countDown();
            for (CompletableFuture<Outcome> answer : List.of(first, left, right)) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
            assertThat(code(poison)).isEqualTo(FailureCode.INTERNAL);
            assertThat(((Failure) get(poison)).detail()).doesNotContain("secret");

            // a series of them makes the engine suspect, and its check clears it
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
                open(() -> engine, new Batcher.Limits(1, Duration.ofMillis(50), Duration.ZERO));
        submit(batcher, "running");
        engine.entered.await();
        CompletableFuture<Outcome> waiting = submit(batcher, "waiting");
        batcher.close();
        assertThat(code(waiting)).isEqualTo(FailureCode.NOT_READY);
        engine.release.countDown();
    }
}
