package io.dmst.train;

/**
 * Random changes of training images.
 *
 * @param flip whether images are mirrored with probability ½
 * @param shift largest shift as a share of the side, borders reflected
 * @param randomOps number of RandAugment operations per image
 * @param magnitude of those operations, 0 to 10
 * @param mixup parameter of the Beta law of mixup; 0 turns it off
 * @param cutmix parameter of the Beta law of cutmix; 0 turns it off
 * @param erasing probability that a random rectangle is erased
 */
public record AugmentOptions(
        boolean flip,
        double shift,
        int randomOps,
        double magnitude,
        double mixup,
        double cutmix,
        double erasing) {

    /** Flips and shifted crops. */
    public static final AugmentOptions DEFAULT = new AugmentOptions(true, 0.125, 0, 5, 0, 0, 0);

    /** Nothing random. */
    public static final AugmentOptions NONE = new AugmentOptions(false, 0, 0, 0, 0, 0, 0);

    public AugmentOptions {
        if (shift < 0 || shift >= 0.5) {
            throw new IllegalArgumentException("shift must be in [0, 0.5), not " + shift);
        }
        if (randomOps < 0 || magnitude < 0 || magnitude > 10) {
            throw new IllegalArgumentException(
                    "random operations need a count of at least 0 and a magnitude in [0, 10], not "
                            + randomOps
                            + " and "
                            + magnitude);
        }
        if (mixup < 0 || cutmix < 0 || erasing < 0 || erasing > 1) {
            throw new IllegalArgumentException(
                    "mixup and cutmix must not be negative, erasing must be in [0, 1]");
        }
    }
}
