package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.List;

/**
 * Tokens from the features of one or two stages of a pretrained stem.
 *
 * <pre>
 * f̂ = (f − mean) / deviation                 per channel, over the training images
 * x = W₁ f̂₁ + b  ( + U W₂ f̂₂ )               U: bilinear upsampling, half-pixel centres
 * </pre>
 */
final class StageTokens {

    private StageTokens() {}

    /**
     * Tokens {@code [B, N, d]}, row by row, on the grid of the first stage.
     *
     * @param features {@code [B, C, h, w]} of each stage
     */
    static <T> T of(Scope<T> scope, ModelConfig config, List<T> features) {
        Ops<T> ops = scope.ops();
        List<Integer> stages = config.stemStages();
        T tokens = projected(scope, config, 0, features.getFirst());
        Scope<T> first = scope.in("stage" + stages.getFirst());
        tokens = ops.add(tokens, first.parameter("bias", Init.ZEROS, config.embedDim()));
        if (stages.size() == 1) {
            return tokens;
        }
        T late = projected(scope, config, 1, features.getLast());
        return ops.add(
                tokens, side(stages, 1) == side(stages, 0) ? late : spread(ops, config, late));
    }

    /** {@code W f̂}, {@code [B, n, d]}. */
    private static <T> T projected(Scope<T> scope, ModelConfig config, int place, T feature) {
        Ops<T> ops = scope.ops();
        int stage = config.stemStages().get(place);
        int channels = EfficientNet.of(config.stem()).channels(stage);
        int d = config.embedDim();
        int tokens = config.tokens() / square(side(config.stemStages(), place), config);
        Scope<T> part = scope.in("stage" + stage);
        T rows = ops.transpose(ops.reshape(feature, -1, channels, tokens), 0, 2, 1);
        T standard =
                ops.divide(
                        ops.subtract(rows, part.parameter("mean", Init.FEATURE_MEAN, channels)),
                        part.parameter("deviation", Init.FEATURE_DEVIATION, channels));
        T weight = part.parameter("weight", Init.UNIT_FAN_IN, d, channels);
        return ops.matmul(standard, ops.transpose(weight, 1, 0));
    }

    private static int square(int side, ModelConfig config) {
        int factor = side / config.patchSize();
        return factor * factor;
    }

    /** Pixels of the image along one side of a stage's feature. */
    private static int side(List<Integer> stages, int place) {
        return stages.get(place) == 5 ? 16 : 32;
    }

    /** Of a grid of half the sides, {@code [B, n, d]}, to the whole one, {@code [B, N, d]}. */
    private static <T> T spread(Ops<T> ops, ModelConfig config, T late) {
        int height = config.gridHeight();
        int width = config.gridWidth();
        float[] weights = new float[config.tokens() * config.tokens() / 4];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = (row * width + column) * config.tokens() / 4;
                spread(weights, at, new Sample(row, height / 2), new Sample(column, width / 2));
            }
        }
        return ops.matmul(ops.constant(weights, 1, config.tokens(), config.tokens() / 4), late);
    }

    private static void spread(float[] weights, int at, Sample rows, Sample columns) {
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                int place = rows.index(i) * columns.length() + columns.index(j);
                weights[at + place] += (float) (rows.weight(i) * columns.weight(j));
            }
        }
    }

    /** The two neighbours of a place on the finer axis; beyond the edge the edge itself. */
    private record Sample(int place, int length) {

        private double position() {
            return (place + 0.5) / 2 - 0.5;
        }

        int index(int neighbour) {
            return Math.clamp((int) Math.floor(position()) + (long) neighbour, 0, length - 1);
        }

        double weight(int neighbour) {
            double share = position() - Math.floor(position());
            return neighbour == 0 ? 1 - share : share;
        }
    }
}
