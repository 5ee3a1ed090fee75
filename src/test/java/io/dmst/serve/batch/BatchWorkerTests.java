package io.dmst.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Prediction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One worker on a simulated clock. */
class BatchWorkerTests {

    private final AtomicLong clock = new AtomicLong();
    private final FakeComputation computation = new FakeComputation();
    private final AtomicInteger rebuilt = new AtomicInteger();
    private final SelfHealingEngine engine =
            new SelfHealingEngine(() -> computation, rebuilt::incrementAndGet);
    private final BatchQueue queue =
            new BatchQueue(
                    Map.of(
                            BatchKind.PLAIN, CostModel.through(100, 1, 100),
                            BatchKind.TRACED, CostModel.through(100, 1, 100)),
                    4,
                    Duration.ofSeconds(1),
                    clock::get,
                    new SimpleMeterRegistry());
    private final BatchWorker worker = new BatchWorker(engine, queue, clock::get);

    private PendingPrediction add(long deadline) {
        PendingPrediction request =
                new PendingPrediction(FakeComputation.request("r", 3, new Deadline(deadline)), 0);
        queue.add(request);
        return request;
    }

    private static FailureCode code(PendingPrediction request) {
        return ((Failure) request.answer().join()).code();
    }

    @Test
    void everyImageIsAnsweredWithTheTimesOfItsBatch() throws Exception {
        add(1_000);
        PendingPrediction second = add(1_000);
        clock.set(30);
        computation.before = batch -> clock.addAndGet(200);
        worker.compute(queue.poll());
        assertThat(second.answer().join())
                .isInstanceOfSatisfying(
                        Prediction.class,
                        prediction -> {
                            assertThat(prediction.timing().queue()).hasNanos(30);
                            assertThat(prediction.timing().compute()).hasNanos(200);
                            assertThat(prediction.timing().batchSize()).isEqualTo(2);
                        });
        assertThat(queue.close(Duration.ZERO)).as("the batch is done").isTrue();
    }

    @Test
    void aFailingBatchIsComputedOneByOneWithoutExpiredOrCancelledRequests() throws Exception {
        PendingPrediction first = add(1_000);
        PendingPrediction expires = add(150);
        PendingPrediction cancelled = add(1_000);
        computation.before =
                batch -> {
                    clock.addAndGet(100);
                    if (batch.size() > 1) {
                        cancelled.answer().cancel(false);
                        throw new IllegalStateException("too many at a time");
                    }
                };
        worker.compute(queue.poll());
        assertThat(first.answer().join()).isInstanceOf(Prediction.class);
        assertThat(code(expires)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(computation.computed).containsExactly(List.of("r", "r", "r"), List.of("r"));
    }

    @Test
    void theCostModelLearnsFromWhatIsComputed() throws Exception {
        double before = predictedWait();
        computation.before = batch -> clock.addAndGet(300);
        for (int i = 0; i < 50; i++) {
            add(Long.MAX_VALUE / 2);
            worker.compute(queue.poll());
        }
        assertThat(predictedWait()).isGreaterThan(2 * before);
    }

    private double predictedWait() {
        add(Long.MAX_VALUE / 2);
        double wait = queue.predictedWait(1);
        queue.refuseWaiting();
        return wait;
    }

    @Test
    void anEngineThatFailsItsCheckIsRebuiltAndWaitingRequestsAreRefused() throws Exception {
        computation.before =
                batch -> {
                    throw new IllegalStateException("broken");
                };
        AtomicInteger checks = new AtomicInteger();
        computation.check =
                () -> {
                    if (checks.incrementAndGet() == 1) {
                        throw new IllegalStateException("golden image 0");
                    }
                };
        for (int i = 0; i < 2; i++) {
            add(Long.MAX_VALUE / 2);
            worker.compute(queue.poll());
        }
        PendingPrediction last = add(Long.MAX_VALUE / 2);
        List<PendingPrediction> batch = queue.poll();
        PendingPrediction waiting = add(Long.MAX_VALUE / 2);
        worker.compute(batch);
        assertThat(code(last)).isEqualTo(FailureCode.INTERNAL);
        assertThat(code(waiting)).isEqualTo(FailureCode.NOT_READY);
        assertThat(rebuilt).hasValue(1);
        assertThat(engine.healthy()).isTrue();
    }
}
