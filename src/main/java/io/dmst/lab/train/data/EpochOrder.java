package io.dmst.lab.train.data;

import java.util.random.RandomGenerator;

/**
 * Which images an epoch takes, in order: a shuffle of all, or as many drawn with replacement with
 * weights {@code n_class^-power}. Thread-safe.
 */
final class EpochOrder {

    private final int images;
    private final double[] cumulative;

    /**
     * @param labels of the images
     * @param classes number of classes
     * @param power 0 for a shuffle, 1 for every class as often as every other
     */
    EpochOrder(int[] labels, int classes, double power) {
        this.images = labels.length;
        this.cumulative = new double[power > 0 ? images : 0];
        int[] counts = ClassWeights.counts(labels, classes);
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += Math.pow(counts[labels[i]], -power);
            cumulative[i] = sum;
        }
    }

    int[] draw(RandomGenerator random) {
        return cumulative.length == 0 ? shuffled(random) : weighted(random);
    }

    private int[] shuffled(RandomGenerator random) {
        int[] order = new int[images];
        for (int i = 0; i < images; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private int[] weighted(RandomGenerator random) {
        int[] order = new int[images];
        for (int i = 0; i < images; i++) {
            order[i] = first(random.nextDouble() * cumulative[images - 1]);
        }
        return order;
    }

    /** The first image whose cumulative weight is above a value. */
    private int first(double value) {
        int low = 0;
        int high = images - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
