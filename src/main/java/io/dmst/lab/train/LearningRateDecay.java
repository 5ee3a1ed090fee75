package io.dmst.lab.train;

/** How the learning rate goes down to 0 after its warm-up. */
public enum LearningRateDecay {
    /** Half a cosine (arXiv 1608.03983). */
    COSINE,
    /** A straight line. */
    LINEAR;

    /**
     * The share of the peak that is left.
     *
     * @param progress in [0, 1]
     */
    double left(double progress) {
        return switch (this) {
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
            case LINEAR -> 1 - progress;
        };
    }
}
