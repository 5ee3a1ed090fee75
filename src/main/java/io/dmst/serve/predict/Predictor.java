package io.dmst.serve.predict;

import java.util.concurrent.CompletableFuture;

/**
 * A model that predicts, in this process or on inference nodes: callers cannot tell which.
 *
 * <p>One image per call; an implementation may compute several calls together. Safe for use by
 * several threads.
 */
public interface Predictor extends AutoCloseable {

    /** The model that predicts. */
    ServedModel model();

    /** Whether a request would be accepted now, as far as can be told without one. */
    boolean ready();

    /**
     * Whether a request would be tried now; else it is refused as not ready before its body is
     * read. Not less than {@link #ready()}: a gateway without nodes is not ready, and tries.
     */
    default boolean accepting() {
        return ready();
    }

    /**
     * Requests one prediction; returns at once.
     *
     * @return completes with a prediction or a failure, never exceptionally; cancelling it removes
     *     the request from the queue if its computation has not begun. It may be completed by the
     *     thread that computes, so dependent work must be short
     * @throws IllegalArgumentException if the pixels are not of the model's input size
     */
    CompletableFuture<Outcome> predict(PredictionRequest request);

    /**
     * Refuses new requests as not ready, waits for accepted ones within the drain time, and frees
     * the model. Idempotent; {@link #ready()} is false from the start of the call.
     */
    @Override
    void close();
}
