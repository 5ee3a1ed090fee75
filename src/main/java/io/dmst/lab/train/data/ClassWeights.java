package io.dmst.lab.train.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/** What the loss of an image counts, by its class. */
public enum ClassWeights {
    /** All the same. */
    NONE,
    /** As much for each class in all: {@code N / (C n_c)} for an image of class c. */
    BALANCED;

    /**
     * Weights of the classes; their mean over the images is 1.
     *
     * @param labels of the images
     * @param classes number of classes; one without images weighs 0 when balanced
     */
    float[] of(int[] labels, int classes) {
        float[] weights = new float[classes];
        Arrays.fill(weights, 1);
        if (this == BALANCED) {
            int[] counts = counts(labels, classes);
            long there = IntStream.of(counts).filter(count -> count > 0).count();
            for (int c = 0; c < classes; c++) {
                weights[c] =
                        counts[c] == 0 ? 0 : (float) ((double) labels.length / there / counts[c]);
            }
        }
        return weights;
    }

    /** Images of each class. */
    static int[] counts(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }
}
