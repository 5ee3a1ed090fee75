package io.dmst.serve.batch;

import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many requests share an engine: a queue and the platform threads that compute its batches.
 *
 * <p>A request is answered exactly once; none is computed after its deadline or its cancellation;
 * closing loses none. Safe for use by several threads.
 */
public final class Batcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Batcher.class);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final SelfHealingEngine engine;
    private final BatchQueue queue;
    private final List<Thread> workers;
    private final List<Runnable> gauges;
    private final Duration drain;
    private volatile boolean closing;

    /**
     * Bounds of a batcher.
     *
     * @param workers batches computed at a time, at least 1
     * @param longestBatch time that one batch should take; a single request may take longer
     * @param drain time for accepted requests to be answered on closing
     */
    public record Limits(int workers, Duration longestBatch, Duration drain) {

        public Limits {
            if (workers < 1 || !longestBatch.isPositive() || drain.isNegative()) {
                throw new IllegalArgumentException(
                        "a batcher needs a worker and time for a batch, not %d, %s, %s"
                                .formatted(workers, longestBatch, drain));
            }
        }
    }

    /**
     * Starts with an engine that has passed its check and been measured.
     *
     * @param engines builds an engine, at first and whenever the former one is broken
     * @param model for the metrics' labels
     * @throws RuntimeException if the engine cannot be built or fails its check
     */
    public static Batcher open(
            Supplier<? extends Computation> engines,
            Limits limits,
            ServedModel model,
            MeterRegistry meters) {
        SelfHealingEngine engine =
                new SelfHealingEngine(
                        engines, () -> Metric.ENGINE_REBUILDS.count(meters, model.name()));
        try {
            Batcher batcher = new Batcher(engine, limits, model, meters);
            batcher.workers.forEach(Thread::start);
            return batcher;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private Batcher(
            SelfHealingEngine engine, Limits limits, ServedModel model, MeterRegistry meters) {
        this.engine = engine;
        this.drain = limits.drain();
        this.queue =
                new BatchQueue(
                        engine.measure(System::nanoTime, limits.longestBatch()),
                        engine.largestBatch(),
                        limits.longestBatch(),
                        System::nanoTime,
                        meters);
        this.workers =
                IntStream.range(0, limits.workers())
                        .mapToObj(i ->
                                Thread.ofPlatform()
                                        .name("inference-", i)
                                        .daemon()
                                        .unstarted(
                                                new BatchWorker(engine, queue, System::nanoTime)))
                        .toList();
        this.gauges =
                List.of(
                        Metric.QUEUE_DEPTH.watch(
                                meters, queue::depth, model.name(), model.version()),
                        Metric.QUEUE_WAIT.watch(
                                meters,
                                () -> queue.predictedWait(limits.workers()),
                                model.name(),
                                model.version()));
    }

    /** Whether a request would be accepted now. */
    public boolean ready() {
        return !closing && engine.healthy();
    }

    /**
     * Adds a request; returns at once.
     *
     * @return completes with its outcome; cancelling it removes the request from the queue
     */
    public CompletableFuture<Outcome> submit(PredictionRequest request) {
        if (!ready()) {
            return CompletableFuture.completedFuture(Failure.notReady());
        }
        PendingPrediction pending = new PendingPrediction(request, System.nanoTime());
        queue.add(pending);
        return pending.answer();
    }

    /**
     * Refuses new requests at once, answers accepted ones within the drain time, the rest as not
     * ready, and closes the engine.
     */
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closing = true;
        gauges.forEach(Runnable::run);
        if (!queue.close(drain)) {
            log.warn("requests are not answered after {}; they are refused", drain);
        }
        workers.forEach(Thread::interrupt);
        for (Thread worker : workers) {
            try {
                worker.join(GRACE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        engine.close();
    }
}
