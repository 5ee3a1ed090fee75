package io.dmst.lab.train;

/**
 * What keeps a network from learning its training images by heart, apart from their augmentation.
 *
 * @param labelSmoothing probability mass spread over all classes
 * @param dropPath probability of dropping a residual branch, per image
 * @param tokenDropout largest share of an image's tokens that are replaced by the mean token; the
 *     share itself is drawn per image
 */
public record Regularisation(double labelSmoothing, double dropPath, double tokenDropout) {

    /** Label smoothing alone. */
    public static final Regularisation DEFAULT = new Regularisation(0.1, 0.0, 0.0);

    public Regularisation {
        Require.share(labelSmoothing, "label smoothing");
        Require.share(dropPath, "stochastic depth");
        Require.share(tokenDropout, "token dropout");
    }
}
