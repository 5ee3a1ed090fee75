package io.dmst.model;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.model.ParameterSpec.Init;

/**
 * From pixels to tokens: 3×3 convolutions of stride 2 until a token covers one patch, each with
 * batch normalisation, with GELU between them; then the Fourier position encoding of XCiT (arXiv
 * 2106.09681), as in the published ToST code.
 */
final class Stem {

    private static final int FOURIER_FEATURES = 32;
    private static final double FOURIER_TEMPERATURE = 10_000;

    private Stem() {}

    /**
     * Tokens of a batch.
     *
     * @param x {@code [B, 3, H, W]}, normalised
     * @return {@code [B, N, d]}, row by row
     */
    static <T> T tokens(Scope<T> root, ModelConfig config, T x) {
        T grid = convolutions(root.in("patch_embed").in("proj"), config, x);
        Ops<T> ops = root.ops();
        T flat = ops.reshape(grid, -1, config.embedDim(), config.tokens());
        return ops.add(ops.transpose(flat, 0, 2, 1), positions(root.in("pos_embeder"), config));
    }

    private static <T> T convolutions(Scope<T> proj, ModelConfig config, T x) {
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
        T y = ops.convolution(x, layer.parameter("0.weight", Init.FAN_IN, out, in, 3, 3), stride);
        Scope<T> norm = layer.in("1");
        Ops.BatchNorm<T> parameters =
                new Ops.BatchNorm<>(
                        norm.parameter("weight", Init.ONES, out),
                        norm.parameter("bias", Init.ZEROS, out),
                        norm.parameter("running_mean", Init.RUNNING_MEAN, out),
                        norm.parameter("running_var", Init.RUNNING_VARIANCE, out));
        return ops.batchNorm(y, parameters, config.batchNormEps());
    }

    private static <T> T positions(Scope<T> scope, ModelConfig config) {
        int d = config.embedDim();
        Scope<T> projection = scope.in("token_projection");
        T weight = projection.parameter("weight", Init.FAN_IN, d, 2 * FOURIER_FEATURES, 1, 1);
        return scope.ops()
                .linear(
                        scope.ops()
                                .constant(fourier(config), config.tokens(), 2 * FOURIER_FEATURES),
                        scope.ops().reshape(weight, d, 2 * FOURIER_FEATURES),
                        projection.parameter("bias", Init.ZEROS, d));
    }

    /** Sine and cosine features {@code [N, 64]}: 32 of the row, then 32 of the column. */
    private static float[] fourier(ModelConfig config) {
        int height = config.gridHeight();
        int width = config.gridWidth();
        float[] features = new float[height * width * 2 * FOURIER_FEATURES];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = (row * width + column) * 2 * FOURIER_FEATURES;
                axisFeatures(features, at, (row + 1.0) / (height + 1e-6));
                axisFeatures(features, at + FOURIER_FEATURES, (column + 1.0) / (width + 1e-6));
            }
        }
        return features;
    }

    private static void axisFeatures(float[] features, int at, double position) {
        for (int i = 0; i < FOURIER_FEATURES; i += 2) {
            double period = Math.pow(FOURIER_TEMPERATURE, (double) i / FOURIER_FEATURES);
            double angle = 2 * Math.PI * position / period;
            features[at + i] = (float) Math.sin(angle);
            features[at + i + 1] = (float) Math.cos(angle);
        }
    }
}
