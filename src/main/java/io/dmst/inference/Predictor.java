package io.dmst.inference;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A model that answers, here or elsewhere: callers cannot tell which.
 *
 * <p>One image per call; an implementation may compute several calls together. Safe for use by
 * several threads.
 */
public interface Predictor extends AutoCloseable {

    /** The model that answers. */
    ServedModel model();

    /** Whether a request would be taken now, as far as can be told without trying. */
    boolean ready();

    /**
     * Why a request would be refused at once, as far as can be told without it: asked before an
     * image is read and decoded for nothing. It costs next to nothing, and a refusal is counted as
     * one.
     *
     * @param deadline of the request, less what passes until it can be sent
     * @param ahead images that are about to be sent before it
     * @param coming images that are expected and may be sent before it
     * @return absent where it would be taken, or nobody knows
     */
    default Optional<Failure> refusal(Deadline deadline, int ahead, int coming) {
        return Optional.empty();
    }

    /**
     * Asks for one prediction; returns at once.
     *
     * @return completes with a prediction or a failure, never exceptionally, and no later than the
     *     deadline; cancelling it takes the request out of the queue if its computation has not
     *     begun. It may be completed by the thread that computes: what follows and takes time
     *     belongs elsewhere ({@code thenApplyAsync})
     * @throws IllegalArgumentException if the pixels are not of the model's input size
     */
    CompletableFuture<Outcome> predict(PredictionRequest request);

    /**
     * Asks for several predictions: what {@code asking} asks for on this thread may be looked at as
     * one, so that none is computed alone just because it was asked for first.
     */
    default void together(Runnable asking) {
        asking.run();
    }

    /**
     * Refuses new requests as not ready, lets accepted ones be answered within the drain time, and
     * frees the model. Harmless when repeated; {@link #ready()} is false from its first moment.
     */
    @Override
    void close();
}
