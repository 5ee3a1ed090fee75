package io.dmst.lab.train.data;

import java.util.random.RandomGenerator;

/**
 * Samples of Beta(a, a), from two gamma variates (Marsaglia and Tsang, "A simple method for
 * generating gamma variables", 2000).
 */
final class Beta {

    private Beta() {}

    /** A value in [0, 1]. */
    static double sample(double a, RandomGenerator random) {
        double x = gamma(a, random);
        double y = gamma(a, random);
        return x + y == 0 ? 0.5 : x / (x + y);
    }

    private static double gamma(double shape, RandomGenerator random) {
        if (shape < 1) {
            double boost = Math.pow(random.nextDouble(), 1 / shape);
            return boost * gamma(shape + 1, random);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            double u = 1 - random.nextDouble();
            if (v > 0 && Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
