package io.dmst.serve.batch;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Timing;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes batches, one at a time, and contains a failure in the image that caused it: a batch that
 * fails is computed again image by image, and only the images that fail alone are answered as
 * failed.
 */
final class BatchWorker implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(BatchWorker.class);

    private final SelfHealingEngine engine;
    private final BatchQueue queue;
    private final LongSupplier clock;

    /**
     * @param clock in nanoseconds
     */
    BatchWorker(SelfHealingEngine engine, BatchQueue queue, LongSupplier clock) {
        this.engine = engine;
        this.queue = queue;
        this.clock = clock;
    }

    /** Computes until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                compute(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Answers every request of a batch.
     *
     * @throws InterruptedException if interrupted while a broken engine is rebuilt
     */
    void compute(List<PendingPrediction> batch) throws InterruptedException {
        try {
            contain(batch);
        } finally {
            batch.forEach(request -> request.fail(Failure.internal()));
            queue.done();
        }
        engine.rebuildIfBroken(queue::refuseWaiting);
    }

    private void contain(List<PendingPrediction> batch) {
        try {
            together(batch);
        } catch (RuntimeException e) {
            if (batch.size() == 1) {
                PendingPrediction request = batch.getFirst();
                log.error("request {}: the model failed", request.request().id(), e);
                request.fail(Failure.internal());
                engine.failed();
                return;
            }
            log.warn("a batch of {} failed; its images are computed one by one", batch.size(), e);
            for (PendingPrediction request : batch) {
                long now = clock.getAsLong();
                if (request.expired(now)) {
                    request.fail(Failure.deadlinePassed());
                } else if (!request.answered()) {
                    contain(List.of(request));
                }
            }
        }
    }

    private void together(List<PendingPrediction> batch) {
        long started = clock.getAsLong();
        List<Function<Timing, Outcome>> results =
                engine.run(batch.stream().map(PendingPrediction::request).toList());
        long took = clock.getAsLong() - started;
        for (int i = 0; i < batch.size(); i++) {
            PendingPrediction request = batch.get(i);
            Timing timing =
                    new Timing(
                            Duration.ofNanos(started - request.arrival()),
                            Duration.ofNanos(took),
                            batch.size());
            answer(request, results.get(i).apply(timing));
        }
        queue.observe(batch.getFirst().kind(), batch.size(), took);
    }

    private void answer(PendingPrediction request, Outcome outcome) {
        if (outcome instanceof Failure failure && failure.code() == FailureCode.INTERNAL) {
            engine.failed();
        } else {
            engine.succeeded();
        }
        request.answer().complete(outcome);
    }
}
