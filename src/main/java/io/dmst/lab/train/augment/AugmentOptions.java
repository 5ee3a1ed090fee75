package io.dmst.lab.train.augment;

/**
 * Random changes of training images.
 *
 * @param flip whether images are mirrored with probability ½
 * @param shift largest shift as a share of the side, borders reflected; only where crops are off
 * @param cropScaleMin smallest share of a picture's area that a random resized crop takes; 1 turns
 *     these crops off
 * @param jitter largest relative change of brightness, contrast and saturation
 * @param randomOps number of RandAugment operations per image
 * @param magnitude of those operations, 0 to 10
 * @param mixup parameter of the Beta law of mixup; 0 turns it off
 * @param cutmix parameter of the Beta law of cutmix; 0 turns it off
 * @param erasing probability that a random rectangle is erased
 */
public record AugmentOptions(
        boolean flip,
        double shift,
        double cropScaleMin,
        double jitter,
        int randomOps,
        double magnitude,
        double mixup,
        double cutmix,
        double erasing) {

    /** Flips and shifted crops. */
    public static final AugmentOptions DEFAULT =
            new AugmentOptions(true, 0.125, 1, 0, 0, 5, 0, 0, 0);

    /** Nothing random. */
    public static final AugmentOptions NONE = new AugmentOptions(false, 0, 1, 0, 0, 0, 0, 0, 0);

    public AugmentOptions {
        require(shift >= 0 && shift < 0.5, "shift must be in [0, 0.5), not " + shift);
        require(
                cropScaleMin > 0 && cropScaleMin <= 1,
                "the smallest crop must be a share of the area in (0, 1], not " + cropScaleMin);
        require(jitter >= 0 && jitter <= 1, "colour jitter must be in [0, 1], not " + jitter);
        require(
                randomOps >= 0 && magnitude >= 0 && magnitude <= 10,
                "random operations need a count of at least 0 and a magnitude in [0, 10], not "
                        + randomOps
                        + " and "
                        + magnitude);
        require(
                mixup >= 0 && cutmix >= 0 && erasing >= 0 && erasing <= 1,
                "mixup and cutmix must not be negative, erasing must be in [0, 1]");
    }

    /** Whether images are cropped from pictures of their own size. */
    public boolean crops() {
        return cropScaleMin < 1;
    }

    /** The same without CutMix, for features, of which a rectangle of pixels is no part. */
    public AugmentOptions withoutCutmix() {
        return new AugmentOptions(
                flip, shift, cropScaleMin, jitter, randomOps, magnitude, mixup, 0, erasing);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
