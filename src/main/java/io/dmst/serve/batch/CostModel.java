package io.dmst.serve.batch;

/**
 * How long a batch takes: {@code t(n) = a·n + b}, from a calibration and then from every batch that
 * is computed.
 *
 * <p>A batch of n images that took t, and was predicted to take p, teaches two things. The level,
 * quickly: a and b are multiplied by {@code 1 + r·(t − p)/p}, so that a machine that has become
 * slower is known after few batches, of whatever size. The form, slowly, from what the level leaves
 * unexplained: a and b move by normalised least mean squares (Widrow and Hoff) over the inputs
 * {@code (n, c)} with c = {@value #CENTRE}. A single batch counts as at most {@value #OUTLIER}
 * times its prediction, so that a stalled process does not spoil the line. Both terms stay positive
 * and the line rises.
 *
 * <p>For one thread at a time. All times in nanoseconds.
 */
final class CostModel {

    private static final double LEVEL_RATE = 0.15;
    private static final double FORM_RATE = 0.05;
    private static final double CENTRE = 4;
    private static final double OUTLIER = 3;
    private static final double LEAST_SHARE = 0.02;

    private double slope;
    private double offset;

    private CostModel(double slope, double offset) {
        this.slope = slope;
        this.offset = offset;
        bound();
    }

    /**
     * From a calibration.
     *
     * @param one time of one image
     * @param n images of a larger batch; 1 if there is none
     * @param many time of that batch
     */
    static CostModel through(double one, int n, double many) {
        double slope = n == 1 ? one : Math.min(one, (many - one) / (n - 1));
        return new CostModel(slope, Math.max(1, one) - slope);
    }

    /** Predicted time of a batch. */
    double of(int n) {
        return slope * n + offset;
    }

    /** Predicted time of n images in batches of a largest size. */
    double of(int n, int largest) {
        int rest = n % largest;
        return (double) (n / largest) * of(largest) + (rest == 0 ? 0 : of(rest));
    }

    /** The largest batch, at least 1, that is predicted to take no longer than a time. */
    int within(double time, int largest) {
        return (int) Math.clamp((time - offset) / slope, 1, largest);
    }

    /** Learns from a batch. */
    void observe(int n, double time) {
        double predicted = of(n);
        double error = Math.min(time, OUTLIER * predicted) - predicted;
        double level = 1 + LEVEL_RATE * error / predicted;
        double step = FORM_RATE * (1 - LEVEL_RATE) * error / (n * n + CENTRE * CENTRE);
        slope = slope * level + step * n;
        offset = offset * level + step * CENTRE * CENTRE;
        bound();
    }

    private void bound() {
        double one = Math.max(1, slope + offset);
        slope = Math.clamp(slope, LEAST_SHARE * one, one);
        offset = Math.max(0, one - slope);
    }
}
