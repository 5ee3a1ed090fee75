package io.dmst.serve.batch;

import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Timing;
import java.util.List;
import java.util.function.Function;

/**
 * An engine with its model, as a {@link Batcher} sees it. Safe for use by several threads, but
 * nothing overlaps {@link #close()}.
 */
public interface Computation extends AutoCloseable {

    /** Images that one batch may hold, at least 1. */
    int largestBatch();

    /** A request to measure the engine with. */
    PredictionRequest sample(BatchKind kind);

    /**
     * Computes one batch.
     *
     * @param batch requests of one kind, at least one and at most {@link #largestBatch()}
     * @return for each request, in order, what makes its outcome once the time that it took is
     *     known
     * @throws RuntimeException if the engine fails, on whichever of the images
     */
    List<Function<Timing, Outcome>> run(List<PredictionRequest> batch);

    /**
     * Holds the engine against what it must answer.
     *
     * @throws RuntimeException if it answers something else, or fails
     */
    void check();

    @Override
    void close();
}
