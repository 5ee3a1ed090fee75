package io.dmst.lab.train.data;

import io.dmst.lab.train.augment.AugmentOptions;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Mixup (arXiv 1710.09412) and CutMix (arXiv 1905.04899) on a batch: every image meets the one at
 * its mirror position, and targets and weights mix as the inputs do. Thread-safe.
 *
 * <p>Mixup draws a share for every image, {@code max(l, 1 − l)} with l from Beta(a, a): an image
 * stays the larger part of its row. It takes inputs of any shape. CutMix exchanges a rectangle of
 * pixels, another for every pair; vectors behind the pixels are mixed as the targets are.
 */
public final class Mixing {

    private final double mixup;
    private final double cutmix;

    public Mixing(AugmentOptions options) {
        this.mixup = options.mixup();
        this.cutmix = options.cutmix();
    }

    /**
     * Changes the batch in place; does nothing when both are off.
     *
     * @throws IllegalArgumentException if CutMix is on and the batch is not one input of pixels
     */
    public void apply(Batch batch, RandomGenerator random) {
        if (cutmix > 0 && (mixup == 0 || random.nextBoolean())) {
            cut(batch, random);
        } else if (mixup > 0) {
            blend(batch, random);
        }
    }

    private void blend(Batch batch, RandomGenerator random) {
        int n = batch.size();
        List<float[]> all = rows(batch);
        for (int i = 0; i < n / 2; i++) {
            double first = larger(Beta.sample(mixup, random));
            double second = larger(Beta.sample(mixup, random));
            for (float[] rows : all) {
                mix(rows, rows.length / n, i, n - 1 - i, first, second);
            }
            mix(batch.targets(), batch.targets().length / n, i, n - 1 - i, first, second);
            mix(batch.weights(), 1, i, n - 1 - i, first, second);
        }
    }

    private static List<float[]> rows(Batch batch) {
        return batch.inputs().stream().map(Batch.Input::values).toList();
    }

    private static double larger(double share) {
        return Math.max(share, 1 - share);
    }

    /** Rows i and j become {@code s·i + (1−s)·j} and {@code t·j + (1−t)·i}. */
    private static void mix(float[] rows, int length, int i, int j, double s, double t) {
        for (int k = 0; k < length; k++) {
            float first = rows[i * length + k];
            float second = rows[j * length + k];
            rows[i * length + k] = (float) (s * first + (1 - s) * second);
            rows[j * length + k] = (float) (t * second + (1 - t) * first);
        }
    }

    private void cut(Batch batch, RandomGenerator random) {
        Batch.Input input = batch.inputs().getFirst();
        int[] shape = input.shape();
        List<Batch.Input> others = batch.inputs().subList(1, batch.inputs().size());
        boolean vectors = others.stream().allMatch(other -> other.shape().length == 1);
        if (!vectors || shape.length != 3 || shape[2] != 3) {
            throw new IllegalArgumentException(
                    "cutmix needs batches of pixels [H, W, 3]; use mixup for cached features");
        }
        int n = batch.size();
        int classes = batch.targets().length / n;
        for (int i = 0; i < n / 2; i++) {
            int j = n - 1 - i;
            double side = Math.sqrt(1 - Beta.sample(cutmix, random));
            int h = (int) Math.round(side * shape[0]);
            int w = (int) Math.round(side * shape[1]);
            exchange(input, i, j, h, w, random);
            double kept = 1 - (double) (h * w) / (shape[0] * shape[1]);
            mix(batch.targets(), classes, i, j, kept, kept);
            for (Batch.Input other : others) {
                mix(other.values(), other.length(), i, j, kept, kept);
            }
            mix(batch.weights(), 1, i, j, kept, kept);
            if (kept < 0.5) {
                int label = batch.labels()[i];
                batch.labels()[i] = batch.labels()[j];
                batch.labels()[j] = label;
            }
        }
    }

    /** Exchanges a rectangle of two images, at a random place. */
    private static void exchange(
            Batch.Input input, int i, int j, int h, int w, RandomGenerator random) {
        int width = input.shape()[1];
        int top = random.nextInt(input.shape()[0] - h + 1);
        int left = random.nextInt(width - w + 1);
        float[] pixels = input.values();
        for (int row = top; row < top + h; row++) {
            int from = (row * width + left) * 3;
            for (int k = from; k < from + 3 * w; k++) {
                float kept = pixels[i * input.length() + k];
                pixels[i * input.length() + k] = pixels[j * input.length() + k];
                pixels[j * input.length() + k] = kept;
            }
        }
    }
}
