package io.dmst.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of requests and the form of batches, on a simulated clock. */
@Timeout(30)
class BatchQueueTests {

    private static final long MS = 1_000_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong clock = new AtomicLong();
    private final BatchQueue queue = queue(4, Duration.ofMillis(50));

    private BatchQueue queue(int largest, Duration longest) {
        return new BatchQueue(
                Map.of(
                        BatchKind.PLAIN, CostModel.through(10 * MS, 1, 10 * MS),
                        BatchKind.TRACED, CostModel.through(20 * MS, 1, 20 * MS)),
                largest,
                longest,
                clock::get,
                meters);
    }

    private PendingPrediction add(String id, long deadline, String... probes) {
        PendingPrediction request =
                new PendingPrediction(
                        FakeComputation.request(id, 1, new Deadline(deadline), probes),
                        clock.incrementAndGet());
        queue.add(request);
        return request;
    }

    private PendingPrediction add(String id, String... probes) {
        return add(id, Long.MAX_VALUE / 2, probes);
    }

    private static List<String> ids(List<PendingPrediction> batch) {
        return batch.stream().map(request -> request.request().id()).toList();
    }

    private double shed(String reason) {
        return meters.counter("dmst.shed", "reason", reason).count();
    }

    private static FailureCode code(PendingPrediction request) {
        return ((Failure) request.answer().join()).code();
    }

    @Test
    void theOldestRequestIsInTheNextBatchWithThoseOfItsKind() {
        add("a");
        add("traced", "membership.0");
        add("b");
        assertThat(ids(queue.poll())).containsExactly("a", "b");
        assertThat(ids(queue.poll())).containsExactly("traced");
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void aBatchHoldsNoMoreThanTheEngineTakes() {
        List.of("a", "b", "c", "d", "e").forEach(this::add);
        assertThat(ids(queue.poll())).containsExactly("a", "b", "c", "d");
        assertThat(ids(queue.poll())).containsExactly("e");
    }

    @Test
    void aBatchHoldsNoMoreThanTheLongestTimeAllowsButAtLeastOne() {
        List.of("a", "b", "c").forEach(id -> add(id, "membership.0"));
        assertThat(ids(queue.poll())).as("two of 20 ms in 50 ms").containsExactly("a", "b");
        BatchQueue hurried = queue(4, Duration.ofNanos(1));
        hurried.add(new PendingPrediction(FakeComputation.request("dear", 1, Deadline.none()), 0));
        assertThat(ids(hurried.poll())).containsExactly("dear");
    }

    @Test
    void requestsPastTheirDeadlineAreAnsweredAndNotComputed() {
        PendingPrediction late = add("late", 10);
        add("b");
        PendingPrediction later = add("later", 11);
        clock.set(11);
        assertThat(ids(queue.poll())).containsExactly("b");
        assertThat(code(late)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(code(later)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(shed("deadline")).isEqualTo(2);
    }

    @Test
    void cancelledRequestsAreDropped() {
        PendingPrediction first = add("first");
        add("second");
        PendingPrediction third = add("third");
        first.answer().cancel(true);
        third.answer().cancel(true);
        assertThat(ids(queue.poll())).containsExactly("second");
        assertThat(shed("cancelled")).isEqualTo(2);
        assertThat(queue.depth()).isZero();
    }

    @Test
    void depthAndPredictedWaitFollowTheQueue() {
        List.of("a", "b", "c").forEach(this::add);
        assertThat(queue.depth()).isEqualTo(3);
        assertThat(queue.predictedWait(1)).isEqualTo(0.03);
        assertThat(queue.predictedWait(3)).isEqualTo(0.01);
        queue.poll();
        assertThat(queue.depth()).isZero();
    }

    @Test
    void closingWaitsForTheBatchThatIsComputed() throws Exception {
        add("a");
        queue.poll();
        FutureTask<Boolean> closed = new FutureTask<>(() -> queue.close(Duration.ofSeconds(20)));
        Thread closing = Thread.ofPlatform().start(closed);
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(code(add("after"))).isEqualTo(FailureCode.NOT_READY);
        assertThat(closed).isNotDone();
        queue.done();
        assertThat(closed.get()).isTrue();
    }

    @Test
    void waitingRequestsAreRefusedOnceTheDrainTimeIsOver() {
        PendingPrediction waiting = add("waiting");
        assertThat(queue.close(Duration.ofMillis(1))).isFalse();
        assertThat(code(waiting)).isEqualTo(FailureCode.NOT_READY);
        assertThat(code(add("later"))).isEqualTo(FailureCode.NOT_READY);
        assertThat(shed("not_ready")).isEqualTo(2);
    }
}
