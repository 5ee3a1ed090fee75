package io.dmst.load;

import java.util.Collection;
import java.util.Locale;

/**
 * Percentiles of latencies in milliseconds, by nearest rank; all 0 where there are none.
 *
 * @param count of them
 * @param p50 median
 * @param p99 that one of 100 exceeds
 * @param max the longest
 */
record Latencies(long count, double p50, double p99, double max) {

    static Latencies of(Collection<Reply> replies) {
        long[] sorted = replies.stream().mapToLong(Reply::nanos).sorted().toArray();
        return new Latencies(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    /** As the cells of a table. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%8d %9.2f %9.2f %9.2f", count, p50, p99, max);
    }
}
