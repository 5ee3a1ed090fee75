package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.List;

/**
 * From pixels to tokens, in two parts: the features, which a training may keep as they are, and the
 * tokens that are made of them.
 *
 * <p>Patches and convolutions get the Fourier position encoding of XCiT (arXiv 2106.09681), as in
 * the published ToST code; the features of a pretrained stem know their place from its padding.
 */
final class Stem {

    private static final int FOURIER_FEATURES = 32;
    private static final double FOURIER_TEMPERATURE = 10_000;

    private Stem() {}

    /**
     * Features of a batch.
     *
     * @param x {@code [B, 3, H, W]}, normalised
     * @return each {@code [B, C, h, w]}; one of each stage that the configuration names, or one
     */
    static <T> List<T> features(Scope<T> root, ModelConfig config, T x) {
        Scope<T> proj = root.in("patch_embed").in("proj");
        return switch (config.stem()) {
            case CONVOLUTION -> List.of(ConvolutionStem.features(proj, config, x));
            case PATCHES -> List.of(patches(proj, config, x));
            case EFFICIENTNET_LITE0, EFFICIENTNET_LITE2 ->
                    EfficientNet.of(config.stem())
                            .features(root.in("stem"), config.stemStages(), x);
        };
    }

    private static <T> T patches(Scope<T> proj, ModelConfig config, T x) {
        int side = config.patchSize();
        int d = config.embedDim();
        return proj.ops()
                .convolution(
                        x,
                        proj.parameter("weight", Init.FAN_IN, d, 3, side, side),
                        proj.parameter("bias", Init.ZEROS, d),
                        Ops.Window.patch(side));
    }

    /**
     * Tokens of a batch.
     *
     * @param features as {@link #features} gives them
     * @return {@code [B, N, d]}, row by row
     */
    static <T> T tokens(Scope<T> root, ModelConfig config, List<T> features) {
        Ops<T> ops = root.ops();
        if (config.stem().pretrained()) {
            return ops.dropTokens(StageTokens.of(root.in("patch_embed"), config, features));
        }
        T flat = ops.reshape(features.getFirst(), -1, config.embedDim(), config.tokens());
        T tokens = ops.transpose(flat, 0, 2, 1);
        return ops.dropTokens(ops.add(tokens, positions(root.in("pos_embeder"), config)));
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
