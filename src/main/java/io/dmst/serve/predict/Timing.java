package io.dmst.serve.predict;

import java.time.Duration;

/**
 * Where an image was computed, and where its time went.
 *
 * @param queue from the predictor's acceptance to the start of the computation
 * @param compute of the batch
 * @param batchSize images computed together, at least 1
 * @param fallback whether a gateway computed it itself since no inference node answered
 */
public record Timing(Duration queue, Duration compute, int batchSize, boolean fallback) {

    /** Of an image that was computed where it should be. */
    public Timing(Duration queue, Duration compute, int batchSize) {
        this(queue, compute, batchSize, false);
    }
}
