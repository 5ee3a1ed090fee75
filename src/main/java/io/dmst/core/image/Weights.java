package io.dmst.core.image;

/**
 * The weights of a resampling along one axis. Every output has a window of source positions; both
 * ends of the windows never go back from one output to the next.
 */
final class Weights {
    private static final double CUBIC_A = -0.5;
    private static final double CUBIC_SUPPORT = 2;
    private static final int FRACTION_BITS = 22;

    /** Half of the least significant bit of a sample: what a sum begins with to be rounded. */
    static final int HALF = 1 << (FRACTION_BITS - 1);

    private final int[] from;
    private final int[] end;
    private final int[] fixed;
    private final int stride;

    private Weights(int outputs, int stride) {
        this.from = new int[outputs];
        this.end = new int[outputs];
        this.fixed = new int[outputs * stride];
        this.stride = stride;
    }

    /**
     * Of a part of an axis.
     *
     * @param size of the axis, in source positions
     * @param start of the part
     * @param stop of the part
     * @param outputs positions that it becomes
     */
    static Weights of(int size, float start, float stop, int outputs) {
        double scale = (double) (stop - start) / outputs;
        double widening = Math.max(scale, 1);
        double support = CUBIC_SUPPORT * widening;
        int stride = (int) Math.ceil(support) * 2 + 1;
        Weights weights = new Weights(outputs, stride);
        double[] exact = new double[stride];
        for (int out = 0; out < outputs; out++) {
            double centre = start + (out + 0.5) * scale;
            int from = Math.max((int) (centre - support + 0.5), 0);
            int count = Math.min((int) (centre + support + 0.5), size) - from;
            double sum = 0;
            for (int k = 0; k < count; k++) {
                exact[k] = cubic((k + from - centre + 0.5) * (1 / widening));
                sum += exact[k];
            }
            weights.from[out] = from;
            weights.end[out] = from + count;
            for (int k = 0; k < count; k++) {
                double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << FRACTION_BITS);
                weights.fixed[out * stride + k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
        }
        return weights;
    }

    private static double cubic(double x) {
        double d = Math.abs(x);
        if (d < 1) {
            return ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1;
        }
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * CUBIC_A : 0;
    }

    int outputs() {
        return from.length;
    }

    /** First source position of an output's window. */
    int from(int out) {
        return from[out];
    }

    /** Source position after an output's window. */
    int end(int out) {
        return end[out];
    }

    /** First source position that any output needs. */
    int first() {
        return from[0];
    }

    /** Source position after the last one that any output needs. */
    int last() {
        return end[end.length - 1];
    }

    /** What a source position weighs in an output, fixed point; 0 outside of its window. */
    int at(int out, int position) {
        return position < from[out] || position >= end[out]
                ? 0
                : fixed[out * stride + position - from[out]];
    }

    /** A weighted sum that began with {@link #HALF}, as an unsigned byte. */
    static int sample(int sum) {
        return Math.clamp(sum >> FRACTION_BITS, 0, 255);
    }
}
