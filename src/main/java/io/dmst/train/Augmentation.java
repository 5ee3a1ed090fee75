package io.dmst.train;

import java.util.random.RandomGenerator;

/** Random changes of one training image: flip, shifted crop, RandAugment, erasing. Thread-safe. */
final class Augmentation {

    private static final RandomOp[] OPS = RandomOp.values();

    private final AugmentOptions options;

    Augmentation(AugmentOptions options) {
        this.options = options;
    }

    Picture apply(Picture original, RandomGenerator random) {
        Picture picture = original;
        if (options.flip() && random.nextBoolean()) {
            picture = picture.flipped();
        }
        int reachY = (int) Math.round(options.shift() * picture.height());
        int reachX = (int) Math.round(options.shift() * picture.width());
        if (reachY > 0 || reachX > 0) {
            int down = random.nextInt(-reachY, reachY + 1);
            picture = picture.shifted(down, random.nextInt(-reachX, reachX + 1));
        }
        for (int i = 0; i < options.randomOps(); i++) {
            RandomOp op = OPS[random.nextInt(OPS.length)];
            picture = op.apply(picture, random.nextDouble() * options.magnitude() / 10, random);
        }
        return random.nextDouble() < options.erasing() ? erased(picture, random) : picture;
    }

    /** Random erasing (arXiv 1708.04896) of 2 to 25 % of the area, filled with noise. */
    private static Picture erased(Picture picture, RandomGenerator random) {
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
        return new Picture(picture.height(), picture.width(), rgb);
    }
}
