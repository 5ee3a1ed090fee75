package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;

/** Mean and deviation of every channel of a feature over images and places. Not thread-safe. */
final class FeatureSums {

    /** A channel that hardly varies gets this share of the mean deviation beside its own. */
    private static final double GUARD = 0.05;

    private double[] sums = {};
    private double[] squares = {};
    private long count;

    /**
     * Adds a batch.
     *
     * @param feature {@code [B, C, h, w]}
     */
    void add(NDArray feature) {
        int channels = Math.toIntExact(feature.getShape().get(1));
        if (sums.length == 0) {
            sums = new double[channels];
            squares = new double[channels];
        }
        float[] values = feature.toFloatArray();
        int places = Math.toIntExact(feature.getShape().get(2) * feature.getShape().get(3));
        for (int i = 0; i < values.length; i++) {
            int channel = i / places % channels;
            sums[channel] += values[i];
            squares[channel] += (double) values[i] * values[i];
        }
        count += values.length / channels;
    }

    float[] mean() {
        float[] mean = new float[sums.length];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = (float) (sums[c] / count);
        }
        return mean;
    }

    float[] deviation() {
        double[] own = new double[sums.length];
        double all = 0;
        for (int c = 0; c < own.length; c++) {
            double mean = sums[c] / count;
            own[c] = Math.sqrt(Math.max(0, squares[c] / count - mean * mean));
            all += own[c] / own.length;
        }
        float[] deviation = new float[own.length];
        for (int c = 0; c < own.length; c++) {
            deviation[c] = (float) (own[c] + GUARD * all);
        }
        return deviation;
    }
}
