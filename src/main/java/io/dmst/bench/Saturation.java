package io.dmst.bench;

import java.util.List;

/**
 * Where a server gives no more, found by a closed loop of growing concurrency.
 *
 * @param rate good answers per second at best
 * @param concurrency that reached it
 * @param steps that were tried
 */
public record Saturation(double rate, int concurrency, List<Step> steps) {

    public Saturation {
        steps = List.copyOf(steps);
    }

    /**
     * One concurrency.
     *
     * @param concurrency requests at a time
     * @param throughput good answers per second
     * @param p50 median latency in milliseconds
     */
    public record Step(int concurrency, double throughput, double p50) {}
}
