package io.dmst.lab.train.augment;

import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast and saturation in a random order, each by its own factor from {@code
 * [1 − strength, 1 + strength]}, uniform.
 */
final class ColourJitter {

    private static final int[][] ORDERS = {
        {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
    };

    private ColourJitter() {}

    /**
     * @param strength in (0, 1]
     */
    static AugmentedImage apply(AugmentedImage original, double strength, RandomGenerator random) {
        AugmentedImage picture = original;
        for (int change : ORDERS[random.nextInt(ORDERS.length)]) {
            double factor = 1 + strength * (2 * random.nextDouble() - 1);
            picture =
                    switch (change) {
                        case 0 -> picture.brightened(factor);
                        case 1 -> picture.contrasted(factor);
                        default -> picture.saturated(factor);
                    };
        }
        return picture;
    }
}
