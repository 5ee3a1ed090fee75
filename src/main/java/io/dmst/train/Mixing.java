package io.dmst.train;

import java.util.random.RandomGenerator;

/**
 * Mixup (arXiv 1710.09412) and CutMix (arXiv 1905.04899) on a batch: every image meets its mirror
 * position in the batch, and targets mix as the pixels do.
 */
final class Mixing {

    private final AugmentOptions options;

    Mixing(AugmentOptions options) {
        this.options = options;
    }

    /** Changes the batch in place; does nothing when both are off. */
    void apply(Batch batch, RandomGenerator random) {
        boolean mixup = options.mixup() > 0;
        boolean cutmix = options.cutmix() > 0;
        if (!mixup && !cutmix) {
            return;
        }
        if (cutmix && (!mixup || random.nextBoolean())) {
            cut(batch, beta(options.cutmix(), random), random);
        } else {
            blend(batch, beta(options.mixup(), random));
        }
    }

    private static void blend(Batch batch, double share) {
        mirror(batch.pixels(), batch.size(), share);
        mirror(batch.targets(), batch.size(), share);
    }

    /** Row i becomes {@code share · row i + (1 − share) · row (n−1−i)}. */
    private static void mirror(float[] rows, int n, double share) {
        int length = rows.length / n;
        for (int i = 0; i < n / 2; i++) {
            int a = i * length;
            int b = (n - 1 - i) * length;
            for (int j = 0; j < length; j++) {
                float first = rows[a + j];
                float second = rows[b + j];
                rows[a + j] = (float) (share * first + (1 - share) * second);
                rows[b + j] = (float) (share * second + (1 - share) * first);
            }
        }
    }

    private static void cut(Batch batch, double share, RandomGenerator random) {
        double side = Math.sqrt(1 - share);
        int h = (int) Math.round(side * batch.height());
        int w = (int) Math.round(side * batch.width());
        int top = random.nextInt(batch.height() - h + 1);
        int left = random.nextInt(batch.width() - w + 1);
        int image = batch.height() * batch.width() * 3;
        float[] pixels = batch.pixels();
        for (int i = 0; i < batch.size() / 2; i++) {
            int other = batch.size() - 1 - i;
            for (int row = top; row < top + h; row++) {
                int from = (row * batch.width() + left) * 3;
                for (int j = from; j < from + 3 * w; j++) {
                    float kept = pixels[i * image + j];
                    pixels[i * image + j] = pixels[other * image + j];
                    pixels[other * image + j] = kept;
                }
            }
        }
        double kept = 1 - (double) (h * w) / (batch.height() * batch.width());
        mirror(batch.targets(), batch.size(), kept);
    }

    /** Beta(a, a) by two gamma variates. */
    private static double beta(double a, RandomGenerator random) {
        double x = gamma(a, random);
        double y = gamma(a, random);
        return x + y == 0 ? 0.5 : x / (x + y);
    }

    /** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000). */
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
