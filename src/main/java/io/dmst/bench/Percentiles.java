package io.dmst.bench;

import org.HdrHistogram.AbstractHistogram;

/**
 * A distribution of times in milliseconds; all 0 where there are none.
 *
 * @param count of them
 * @param mean of them
 * @param p50 median
 * @param p90 that one of 10 exceeds
 * @param p99 that one of 100 exceeds
 * @param p999 that one of 1000 exceeds
 * @param max of them
 */
public record Percentiles(
        long count, double mean, double p50, double p90, double p99, double p999, double max) {

    /** Of a histogram of nanoseconds. */
    static Percentiles of(AbstractHistogram histogram) {
        return new Percentiles(
                histogram.getTotalCount(),
                histogram.getMean() / 1e6,
                at(histogram, 50),
                at(histogram, 90),
                at(histogram, 99),
                at(histogram, 99.9),
                histogram.getMaxValue() / 1e6);
    }

    /** Milliseconds that a share of the times, in percent, does not exceed. */
    static double at(AbstractHistogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
