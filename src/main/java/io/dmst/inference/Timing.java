package io.dmst.inference;

import java.time.Duration;

/**
 * Where an image's time went.
 *
 * @param queue from the predictor's acceptance to the start of the computation
 * @param compute of the batch
 * @param batchSize images computed together, at least 1
 */
public record Timing(Duration queue, Duration compute, int batchSize) {}
