package io.dmst.core.explain;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.Contributions;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Traces that a network could have left behind, made of random numbers. */
public final class Traces {

    static final String TINY =
            """
            {"name": "tiny", "image_size": [%d, %d], "patch_size": 4, "embed_dim": 24, "depth": 3,
             "num_heads": 4, "num_classes": 5, "cls_attn_layers": 2, "attention": "%s"}
            """;

    private Traces() {}

    public static ModelConfig config(String attention, int rows, int columns) {
        return ModelConfig.parse(TINY.formatted(4 * rows, 4 * columns, attention));
    }

    /** With the membership head. */
    static ModelConfig membership(int rows, int columns) {
        return config("dmsa", rows, columns).with(Map.of("head", "membership"));
    }

    /** The head's weights, random. */
    static Contributions contributions(ModelConfig config) {
        SplittableRandom random = new SplittableRandom(8);
        int classes = config.numClasses();
        int pooled = config.numHeads() * config.embedDim();
        TreeMap<String, Tensor> weights = new TreeMap<>();
        weights.put("head.weight", Tensor.of(normal(random, classes * pooled), classes, pooled));
        weights.put("head.bias", Tensor.of(normal(random, classes), classes));
        return Contributions.of(
                        config,
                        List.of("cat", "dog", "red fox", "3", "owl"),
                        new TensorMap("random", weights, Map.of()))
                .orElseThrow();
    }

    private static float[] normal(SplittableRandom random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static float[] values(Map<String, float[]> trace, String name) {
        return Objects.requireNonNull(trace.get(name), name);
    }

    public static Map<String, float[]> random(ModelConfig config) {
        SplittableRandom random = new SplittableRandom(5);
        Map<String, float[]> trace = new HashMap<>();
        for (String name : new Network(config).probes()) {
            trace.put(name, values(config, name, random));
        }
        return trace;
    }

    private static float[] values(ModelConfig config, String name, SplittableRandom random) {
        int n = config.tokens();
        int groups = config.numHeads();
        String stem = name.substring(0, name.indexOf('.'));
        if (stem.equals(Probe.MEMBERSHIP.word())) {
            return distributions(random, n, groups);
        }
        if (stem.equals(Probe.CLASS_ATTENTION.word())) {
            return distributions(random, groups, 1 + n);
        }
        if (stem.equals(Probe.HEAD_MEMBERSHIP.word())) {
            return normal(random, n * groups);
        }
        boolean ownAxes = config.attention() == io.dmst.core.checkpoint.Attention.TSSA;
        float[] values =
                new float
                        [stem.equals(Probe.SELECTION.word())
                                        || stem.equals(Probe.SECOND_MOMENT.word()) && !ownAxes
                                ? groups * config.embedDim()
                                : stem.equals(Probe.SECOND_MOMENT.word())
                                        ? config.embedDim()
                                        : n * config.embedDim()];
        for (int i = 0; i < values.length; i++) {
            double value = random.nextGaussian();
            values[i] =
                    (float)
                            (stem.equals(Probe.SELECTION.word())
                                    ? Math.clamp(value, 0, 1)
                                    : stem.equals(Probe.SECOND_MOMENT.word())
                                            ? value * value
                                            : value);
        }
        return values;
    }

    private static float[] distributions(SplittableRandom random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            double[] weights = random.doubles(columns, 0, 4).map(Math::exp).toArray();
            double sum = java.util.Arrays.stream(weights).sum();
            for (int column = 0; column < columns; column++) {
                values[row * columns + column] = (float) (weights[column] / sum);
            }
        }
        return values;
    }
}
