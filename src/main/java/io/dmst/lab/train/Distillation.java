package io.dmst.lab.train;

/**
 * How much a student learns from a teacher (arXiv 1503.02531).
 *
 * <pre>
 * loss = (1 − share) CE(targets, softmax(x)) + share T² CE(softmax(t/T), softmax(x/T))
 * </pre>
 *
 * @param share of the teacher in the loss; 0 without one
 * @param temperature T that both scores are divided by
 */
public record Distillation(double share, double temperature) {

    /** No teacher. */
    public static final Distillation NONE = new Distillation(0, 2);

    public Distillation {
        Require.that(
                share >= 0 && share <= 1, "the teacher's share must be in [0, 1], not " + share);
        Require.that(temperature > 0, "the temperature must be positive, not " + temperature);
    }

    boolean used() {
        return share > 0;
    }

    /**
     * What a student should say of an image.
     *
     * @param logits of the teacher; replaced by {@code softmax(logits / T)}
     */
    void soften(float[] logits, int from, int classes) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = from; c < from + classes; c++) {
            largest = Math.max(largest, logits[c]);
        }
        double sum = 0;
        for (int c = from; c < from + classes; c++) {
            logits[c] = (float) Math.exp((logits[c] - largest) / temperature);
            sum += logits[c];
        }
        for (int c = from; c < from + classes; c++) {
            logits[c] /= (float) sum;
        }
    }
}
