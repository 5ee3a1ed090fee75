package io.dmst.core.onnx;

import io.dmst.core.model.Ops;
import io.dmst.core.model.Ops.BatchNorm;
import io.dmst.core.onnx.OnnxValue.Known;

/**
 * A convolution that is in the graph already, in case a batch normalisation follows.
 *
 * @param x its input
 * @param weight {@code [out, in, k, k]}
 * @param window where it looks
 */
record Convolution(OnnxValue x, Known weight, Ops.Window window) {

    /** The weight {@code γ / √(σ² + ε) · W} of the convolution that normalises its result, too. */
    Known normalisedWeight(BatchNorm<Known> norm, double epsilon) {
        return weight.derived(
                "normalised",
                weight.axes(),
                () -> {
                    double[] scale = scale(norm, epsilon);
                    float[] scaled = weight.values().get().clone();
                    int each = scaled.length / scale.length;
                    for (int i = 0; i < scaled.length; i++) {
                        scaled[i] = (float) (scaled[i] * scale[i / each]);
                    }
                    return scaled;
                });
    }

    /**
     * The bias {@code β − γ / √(σ² + ε) · μ} of the convolution that normalises its result, too.
     */
    Known normalisedBias(BatchNorm<Known> norm, double epsilon) {
        Known bias = norm.bias();
        return bias.derived(
                "normalised",
                bias.axes(),
                () -> {
                    double[] scale = scale(norm, epsilon);
                    float[] mean = norm.mean().values().get();
                    float[] shifted = bias.values().get().clone();
                    for (int c = 0; c < shifted.length; c++) {
                        shifted[c] = (float) (shifted[c] - mean[c] * scale[c]);
                    }
                    return shifted;
                });
    }

    private static double[] scale(BatchNorm<Known> norm, double epsilon) {
        float[] weight = norm.weight().values().get();
        float[] variance = norm.variance().values().get();
        double[] scale = new double[weight.length];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = weight[c] / Math.sqrt(variance[c] + epsilon);
        }
        return scale;
    }
}
