package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;

/**
 * 3×3 convolutions of stride 2 until a feature covers one patch, each with batch normalisation,
 * with GELU between them, as in the published ToST code.
 */
final class ConvolutionStem {

    private ConvolutionStem() {}

    /**
     * Features of a batch.
     *
     * @param x {@code [B, 3, H, W]}, normalised
     * @return {@code [B, d, h, w]}
     */
    static <T> T features(Scope<T> proj, ModelConfig config, T x) {
        int stages = Integer.numberOfTrailingZeros(config.patchSize());
        int channels = 3;
        int layer = 0;
        T y = x;
        for (int stage = 1; stage <= stages; stage++) {
            int width = config.embedDim() >> (stages - stage);
            for (int repeat = 0; repeat < config.stemDepth(); repeat++) {
                if (layer > 0) {
                    y = proj.ops().gelu(y);
                }
                Scope<T> convolution = proj.in(Integer.toString(2 * layer));
                y = convolution(convolution, y, channels, width, repeat == 0 ? 2 : 1, config);
                channels = width;
                layer++;
            }
        }
        return y;
    }

    private static <T> T convolution(
            Scope<T> layer, T x, int in, int out, int stride, ModelConfig config) {
        Ops<T> ops = layer.ops();
        T y =
                ops.convolution(
                        x,
                        layer.parameter("0.weight", Init.FAN_IN, out, in, 3, 3),
                        Ops.Window.ofThree(stride));
        Scope<T> norm = layer.in("1");
        Ops.BatchNorm<T> parameters =
                new Ops.BatchNorm<>(
                        norm.parameter("weight", Init.ONES, out),
                        norm.parameter("bias", Init.ZEROS, out),
                        norm.parameter("running_mean", Init.RUNNING_MEAN, out),
                        norm.parameter("running_var", Init.RUNNING_VARIANCE, out));
        return ops.batchNorm(y, parameters, config.batchNormEps());
    }
}
