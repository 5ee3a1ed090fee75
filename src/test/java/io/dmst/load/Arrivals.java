package io.dmst.load;

import java.util.SplittableRandom;

/**
 * Points in time at which requests are sent, as a Poisson process of a constant rate: the gaps
 * between them do not depend on each other nor on what the server does. Not thread-safe.
 */
final class Arrivals {

    private final SplittableRandom random;
    private final double nanosPerRequest;
    private double next;

    /**
     * @param rate requests per second, positive
     * @param seed of the gaps
     */
    Arrivals(double rate, long seed) {
        if (!(rate > 0 && rate < 1e7)) {
            throw new IllegalArgumentException(
                    "a rate must be positive and at most 1e7 per second, not " + rate);
        }
        this.random = new SplittableRandom(seed);
        this.nanosPerRequest = 1e9 / rate;
    }

    /** The next point in time, in nanoseconds since the start. */
    long next() {
        next -= nanosPerRequest * Math.log1p(-random.nextDouble());
        return (long) next;
    }
}
