package io.dmst.lab.study;

import org.hipparchus.distribution.continuous.TDistribution;

/**
 * What a sample of differences with equal seeds says about their mean.
 *
 * <pre>
 * t      = (mean − bound) / (s/√n),  n − 1 degrees of freedom, two-sided
 * flips  = share of all 2ⁿ flips of the signs of (x − bound) whose mean is at least as far from 0
 * TOST   = the larger of two one-sided p-values: mean ≤ −margin, mean ≥ margin (Schuirmann 1987)
 * </pre>
 *
 * <p>The interval is the t interval of 95 %. A sample without spread has an interval of one point.
 *
 * @param n values
 * @param mean of them
 * @param deviation s, with n − 1
 * @param low end of the interval
 * @param high end of the interval
 * @param t p-value against a mean of the bound
 * @param flips p-value of the permutation test, exact
 */
public record PairedTest(
        int n, double mean, double deviation, double low, double high, double t, double flips) {

    /** Share of intervals that hold the true mean. */
    private static final double CONFIDENCE = 0.95;

    private static final int MOST = 20;

    /**
     * Of a sample.
     *
     * @param sample 2 to 20 values
     * @param bound mean under the hypothesis of no effect
     */
    public static PairedTest of(double[] sample, double bound) {
        int n = sample.length;
        if (n < 2 || n > MOST) {
            throw new IllegalArgumentException(
                    "expected 2 to %d differences, got %d".formatted(MOST, n));
        }
        double mean = mean(sample);
        double squares = 0;
        for (double value : sample) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / (n - 1));
        double error = deviation / Math.sqrt(n);
        TDistribution law = new TDistribution(n - 1);
        double reach = law.inverseCumulativeProbability((1 + CONFIDENCE) / 2) * error;
        double p = 2 * upperTail(law, Math.abs(mean - bound), error);
        return new PairedTest(
                n,
                mean,
                deviation,
                mean - reach,
                mean + reach,
                Math.min(1, p),
                flips(sample, bound));
    }

    /** p-value of equivalence: small where the mean lies within ±margin of 0. */
    public double equivalence(double margin) {
        double error = deviation / Math.sqrt(n);
        TDistribution law = new TDistribution(n - 1);
        return Math.max(upperTail(law, mean + margin, error), upperTail(law, margin - mean, error));
    }

    /** Probability of a larger distance than this one, of standard error {@code error}. */
    private static double upperTail(TDistribution law, double distance, double error) {
        if (error == 0) {
            return distance > 0 ? 0 : 0.5;
        }
        return law.cumulativeProbability(-distance / error);
    }

    private static double flips(double[] sample, double bound) {
        double[] x = new double[sample.length];
        double scale = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = sample[i] - bound;
            scale += Math.abs(x[i]);
        }
        double observed = Math.abs(mean(x)) * x.length;
        // sums in another order differ in their last digits
        double tolerance = 1e-12 * scale;
        int asFar = 0;
        int all = 1 << x.length;
        for (int signs = 0; signs < all; signs++) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += (signs >> i & 1) == 0 ? x[i] : -x[i];
            }
            asFar += Math.abs(sum) >= observed - tolerance ? 1 : 0;
        }
        return (double) asFar / all;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
