package io.dmst.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A median with an interval that covers the true one with a probability of 95 %, whatever the
 * distribution: its ends are order statistics of the sample. Observations must not depend on each
 * other; few of them (under 6) have no such interval, and theirs is the whole sample.
 *
 * @param median of the sample
 * @param low end of the interval
 * @param high end of the interval
 * @param samples in the sample, at least 1
 */
public record Estimate(double median, double low, double high, int samples) {

    /** Quantile of the standard normal distribution at 97.5 %. */
    private static final double Z = 1.96;

    /**
     * Of some observations.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Estimate ofMedian(DoubleStream observations) {
        double[] sorted = observations.sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            throw new IllegalArgumentException("expected at least one observation");
        }
        // the number of observations under the true median is binomial(n, ½)
        int below = (int) Math.floor(n / 2.0 - Z * Math.sqrt(n) / 2);
        int first = Math.clamp(below - 1, 0, n - 1);
        return new Estimate(median(sorted), sorted[first], sorted[n - 1 - first], n);
    }

    private static double median(double[] sorted) {
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    /**
     * Of the ratio of two things that were measured in pairs: the median of the pairs' ratios, in
     * which a disturbance of both of a pair cancels.
     *
     * @param numerator one per pair
     * @param denominator of the same pair, positive
     */
    static Estimate ofRatio(double[] numerator, double[] denominator) {
        double[] ratios = new double[numerator.length];
        Arrays.setAll(ratios, i -> numerator[i] / denominator[i]);
        return ofMedian(Arrays.stream(ratios));
    }

    /**
     * Of the difference of two things that were measured in pairs, in the same way.
     *
     * @param minuend one per pair
     * @param subtrahend of the same pair
     */
    static Estimate ofDifference(double[] minuend, double[] subtrahend) {
        double[] differences = new double[minuend.length];
        Arrays.setAll(differences, i -> minuend[i] - subtrahend[i]);
        return ofMedian(Arrays.stream(differences));
    }

    /** Median and interval, for a table. */
    String text(String form) {
        return String.format(Locale.ROOT, form + " (" + form + "–" + form + ")", median, low, high);
    }
}
