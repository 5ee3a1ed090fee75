package io.dmst.lab.train.augment;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * From a picture of any size to a randomly changed training image of the network's size: crop,
 * flip, shift, colour jitter, RandAugment, erasing, in this order. What is drawn depends on the
 * generator and the picture's size alone. Thread-safe.
 */
public final class Augmentation {

    private static final RandomOp[] OPS = RandomOp.values();

    private final AugmentOptions options;
    private final Preprocessor preprocessor;
    private final Optional<RandomCrop> crop;

    /**
     * @param preprocessor of the network; makes the image where random crops are off
     */
    public Augmentation(AugmentOptions options, Preprocessor preprocessor) {
        this.options = options;
        this.preprocessor = preprocessor;
        this.crop =
                options.crops()
                        ? Optional.of(new RandomCrop(preprocessor, options.cropScaleMin()))
                        : Optional.empty();
    }

    /**
     * A changed copy.
     *
     * @param original of its own size for random crops; of the network's or its own without
     * @return {@code height * width * 3} unsigned bytes, interleaved (HWC); the original's own
     *     array where nothing changes it
     */
    public byte[] apply(RgbImage original, RandomGenerator random) {
        AugmentedImage picture = fitted(original, random);
        if (options.flip() && random.nextBoolean()) {
            picture = picture.flipped();
        }
        if (crop.isEmpty()) {
            picture = shifted(picture, random);
        }
        if (options.jitter() > 0) {
            picture = ColourJitter.apply(picture, options.jitter(), random);
        }
        for (int i = 0; i < options.randomOps(); i++) {
            RandomOp op = OPS[random.nextInt(OPS.length)];
            picture = op.apply(picture, random.nextDouble() * options.magnitude() / 10, random);
        }
        return (random.nextDouble() < options.erasing() ? erased(picture, random) : picture).rgb();
    }

    private AugmentedImage fitted(RgbImage original, RandomGenerator random) {
        byte[] rgb =
                crop.map(c -> c.apply(original, random).rgb())
                        .orElseGet(() -> preprocessor.apply(original));
        return new AugmentedImage(preprocessor.height(), preprocessor.width(), rgb);
    }

    private AugmentedImage shifted(AugmentedImage picture, RandomGenerator random) {
        int reachY = (int) Math.round(options.shift() * picture.height());
        int reachX = (int) Math.round(options.shift() * picture.width());
        if (reachY == 0 && reachX == 0) {
            return picture;
        }
        int down = random.nextInt(-reachY, reachY + 1);
        return picture.shifted(down, random.nextInt(-reachX, reachX + 1));
    }

    /** Random erasing (arXiv 1708.04896) of 2 to 25 % of the area, filled with noise. */
    private static AugmentedImage erased(AugmentedImage picture, RandomGenerator random) {
        double area = random.nextDouble(0.02, 0.25) * picture.height() * picture.width();
        double ratio = Math.exp(random.nextDouble(Math.log(0.3), Math.log(1 / 0.3)));
        int h = Math.clamp(Math.round(Math.sqrt(area * ratio)), 1, picture.height());
        int w = Math.clamp(Math.round(Math.sqrt(area / ratio)), 1, picture.width());
        int top = random.nextInt(picture.height() - h + 1);
        int left = random.nextInt(picture.width() - w + 1);
        byte[] rgb = picture.rgb().clone();
        for (int row = top; row < top + h; row++) {
            int from = (row * picture.width() + left) * 3;
            for (int i = from; i < from + 3 * w; i++) {
                rgb[i] = (byte) random.nextInt(256);
            }
        }
        return new AugmentedImage(picture.height(), picture.width(), rgb);
    }
}
