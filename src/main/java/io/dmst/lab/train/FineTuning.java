package io.dmst.lab.train;

/**
 * What becomes of weights that a training starts with.
 *
 * @param freeze the part that keeps them
 * @param stemRate learning rate of a stem that is trained on, relative to the others'
 * @param crops of each training image whose features are kept while the stem is frozen; the first
 *     one is the image as it is evaluated
 */
public record FineTuning(Freeze freeze, double stemRate, int crops) {

    /** Everything is trained. */
    public static final FineTuning NONE = new FineTuning(Freeze.NONE, 1.0, 5);

    public FineTuning {
        Require.that(
                stemRate > 0 && stemRate <= 1,
                "the stem's rate must be in (0, 1], not " + stemRate);
        Require.that(crops >= 1, "crops must be at least 1, not " + crops);
    }
}
