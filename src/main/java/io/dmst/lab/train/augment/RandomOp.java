package io.dmst.lab.train.augment;

import java.util.random.RandomGenerator;

/**
 * The operations of RandAugment (arXiv 1909.13719). Strengths grow with the magnitude m in [0, 1];
 * signs are random.
 */
enum RandomOp {
    BRIGHTNESS {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.brightened(1 + signed(0.9 * m, random));
        }
    },
    CONTRAST {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.contrasted(1 + signed(0.9 * m, random));
        }
    },
    COLOUR {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.saturated(1 + signed(0.9 * m, random));
        }
    },
    SHARPNESS {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.blended(p.smoothed(), 1 + signed(0.9 * m, random));
        }
    },
    POSTERIZE {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            int dropped = (int) Math.round(4 * m);
            return p.mapped(v -> v >> dropped << dropped);
        }
    },
    SOLARIZE {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            int threshold = (int) Math.round(256 - 128 * m);
            return p.mapped(v -> v < threshold ? v : 255 - v);
        }
    },
    AUTOCONTRAST {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.mapped(Histogram.of(p).stretched());
        }
    },
    EQUALIZE {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.mapped(Histogram.of(p).equalized());
        }
    },
    ROTATE {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            double angle = signed(Math.toRadians(30) * m, random);
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            return p.warped(cos, sin, 0, -sin, cos, 0);
        }
    },
    SHEAR_X {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.warped(1, signed(0.3 * m, random), 0, 0, 1, 0);
        }
    },
    SHEAR_Y {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            return p.warped(1, 0, 0, signed(0.3 * m, random), 1, 0);
        }
    },
    SCALE {
        @Override
        AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random) {
            double factor = Math.exp(signed(0.4 * m, random));
            return p.warped(factor, 0, 0, 0, factor, 0);
        }
    };

    /**
     * The changed picture.
     *
     * @param p the original, which stays
     * @param m strength in [0, 1]
     */
    abstract AugmentedImage apply(AugmentedImage p, double m, RandomGenerator random);

    private static double signed(double value, RandomGenerator random) {
        return random.nextBoolean() ? value : -value;
    }
}
