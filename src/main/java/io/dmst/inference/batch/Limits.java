package io.dmst.inference.batch;

import java.time.Duration;

/**
 * Bounds of a {@link Batcher}.
 *
 * @param queue requests that may wait, at least 1
 * @param workers batches computed at a time, at least 1
 * @param batchTime that one batch should take at most; a single request always may take longer
 * @param drain time for accepted requests to be answered on closing
 */
public record Limits(int queue, int workers, Duration batchTime, Duration drain) {

    public Limits {
        if (queue < 1 || workers < 1 || !batchTime.isPositive() || drain.isNegative()) {
            throw new IllegalArgumentException(
                    "a queue needs room, a worker and time for a batch, not "
                            + "%d, %d, %s, %s".formatted(queue, workers, batchTime, drain));
        }
    }
}
