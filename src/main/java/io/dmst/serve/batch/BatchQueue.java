package io.dmst.serve.batch;

import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Failure;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for a worker, in the order of their arrival.
 *
 * <p>The oldest request is in the next batch, with the next ones of its kind: as many as the engine
 * takes and as are predicted to be computed within the longest batch time. A batch never waits for
 * more requests. Requests of the other kind may be overtaken by those that join the oldest one,
 * never requests of one kind by each other. A request that was cancelled is dropped, and one whose
 * deadline has passed is answered so, before either is computed.
 *
 * <p>Safe for use by several threads: one lock, one condition.
 */
final class BatchQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<BatchKind, Queue<PendingPrediction>> waiting = new EnumMap<>(BatchKind.class);
    private final Map<BatchKind, CostModel> costs;
    private final int largestBatch;
    private final double longest;
    private final LongSupplier clock;
    private final MeterRegistry meters;
    private int computing;
    private boolean closed;

    /**
     * @param costs of every kind; they learn from what is computed
     * @param largestBatch that the engine takes
     * @param longest time that a batch should take
     * @param clock in nanoseconds
     */
    BatchQueue(
            Map<BatchKind, CostModel> costs,
            int largestBatch,
            Duration longest,
            LongSupplier clock,
            MeterRegistry meters) {
        this.costs = Map.copyOf(costs);
        this.largestBatch = largestBatch;
        this.longest = longest.toNanos();
        this.clock = clock;
        this.meters = meters;
        for (BatchKind kind : BatchKind.values()) {
            waiting.put(kind, new ArrayDeque<>());
        }
    }

    /** Adds a request, or answers it as not ready after {@link #close}. */
    void add(PendingPrediction request) {
        lock.lock();
        try {
            if (closed) {
                refuse(request);
            } else {
                queue(request.kind()).add(request);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next batch, which is being computed from now on until {@link #done}.
     *
     * @return requests of one kind, at least one
     */
    List<PendingPrediction> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                List<PendingPrediction> batch = poll();
                if (!batch.isEmpty()) {
                    return batch;
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next batch as {@link #take}; empty if no request waits. */
    List<PendingPrediction> poll() {
        lock.lock();
        try {
            long now = clock.getAsLong();
            waiting.values().forEach(queue -> dropHead(queue, now));
            BatchKind kind = oldest();
            if (kind == null) {
                return List.of();
            }
            List<PendingPrediction> batch = new ArrayList<>();
            Queue<PendingPrediction> queue = queue(kind);
            int most = cost(kind).within(longest, largestBatch);
            while (!queue.isEmpty() && batch.size() < most) {
                batch.add(queue.remove());
                dropHead(queue, now);
            }
            computing++;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Removes requests at the head that need no computation. */
    private void dropHead(Queue<PendingPrediction> queue, long now) {
        for (PendingPrediction head = queue.peek(); head != null; head = queue.peek()) {
            if (head.answered()) {
                shed(head.expired(now) ? "deadline" : "cancelled");
            } else if (head.expired(now)) {
                if (head.fail(Failure.deadlinePassed())) {
                    shed("deadline");
                }
            } else {
                return;
            }
            queue.remove();
        }
    }

    private @Nullable BatchKind oldest() {
        BatchKind oldest = null;
        for (BatchKind kind : BatchKind.values()) {
            PendingPrediction head = queue(kind).peek();
            if (head != null
                    && (oldest == null
                            || head.arrival()
                                            - Objects.requireNonNull(queue(oldest).peek()).arrival()
                                    < 0)) {
                oldest = kind;
            }
        }
        return oldest;
    }

    /** Learns from images that were computed together. */
    void observe(BatchKind kind, int images, long nanos) {
        lock.lock();
        try {
            cost(kind).observe(images, nanos);
        } finally {
            lock.unlock();
        }
    }

    /** Every request of a batch is answered. */
    void done() {
        lock.lock();
        try {
            computing--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Answers every waiting request as not ready, as while the engine is rebuilt. */
    void refuseWaiting() {
        lock.lock();
        try {
            waiting.values()
                    .forEach(queue -> {
                        queue.forEach(this::refuse);
                        queue.clear();
                    });
        } finally {
            lock.unlock();
        }
    }

    private void refuse(PendingPrediction request) {
        if (request.fail(Failure.notReady())) {
            shed("not_ready");
        }
    }

    private void shed(String reason) {
        Metric.SHED.count(meters, reason);
    }

    /**
     * Refuses new requests and waits until the accepted ones are answered.
     *
     * @return false if the time was over first; the waiting ones are answered as not ready then
     */
    boolean close(Duration atMost) {
        boolean interrupted = false;
        lock.lock();
        try {
            closed = true;
            long left = atMost.toNanos();
            while (left > 0 && !interrupted && (computing > 0 || depth() > 0)) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            boolean answered = computing == 0 && depth() == 0;
            refuseWaiting();
            return answered;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Requests that wait. */
    int depth() {
        lock.lock();
        try {
            return waiting.values().stream().mapToInt(Queue::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Predicted time until all waiting requests would be computed, in seconds.
     *
     * @param workers that compute batches at a time
     */
    double predictedWait(int workers) {
        lock.lock();
        try {
            double nanos = 0;
            for (BatchKind kind : BatchKind.values()) {
                int most = cost(kind).within(longest, largestBatch);
                nanos += cost(kind).of(queue(kind).size(), most);
            }
            return nanos / workers / TimeUnit.SECONDS.toNanos(1);
        } finally {
            lock.unlock();
        }
    }

    private Queue<PendingPrediction> queue(BatchKind kind) {
        return Objects.requireNonNull(waiting.get(kind));
    }

    private CostModel cost(BatchKind kind) {
        return Objects.requireNonNull(costs.get(kind));
    }
}
