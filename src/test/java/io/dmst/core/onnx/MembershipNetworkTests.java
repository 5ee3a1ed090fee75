package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.Centring;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.DmsaSpecification;
import io.dmst.core.math.GroupAttention;
import io.dmst.core.math.Linear;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.MembershipPooling;
import io.dmst.core.math.Selection;
import io.dmst.core.math.TssaSpecification;
import io.dmst.core.model.Network;
import io.dmst.djl.DjlNetwork;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks with the membership head: live arrays, the graph and the specification agree. */
class MembershipNetworkTests {

    private static final int IMAGES = 3;

    private static final ModelConfig CONFIG =
            ModelConfig.of(
                    Map.of(
                            "image_size", List.of(12, 20),
                            "patch_size", 4,
                            "embed_dim", 24,
                            "depth", 2,
                            "num_heads", 5,
                            "num_classes", 7,
                            "mlp_ratio", 0,
                            "head", "membership"));

    static Stream<ModelConfig> configurations() {
        return Stream.of(
                CONFIG,
                CONFIG.with(Map.of("mlp_ratio", 2, "centre", "picture")),
                CONFIG.with(Map.of("centre", "none", "sparsifier", "none")),
                CONFIG.with(Map.of("stem", "patches", "mlp_ratio", 2)),
                CONFIG.with(Map.of("stem", "patches", "embed_dim", 128, "num_heads", 12)),
                CONFIG.with(Map.of("attention", "tssa", "num_heads", 3)),
                CONFIG.with(
                        Map.of(
                                "attention", "tssa",
                                "num_heads", 4,
                                "mlp_ratio", 2,
                                "centre", "picture",
                                "stem", "patches")));
    }

    private static TensorMap weights(ModelConfig config) {
        return new TensorMap("random", new TreeMap<>(RandomWeights.of(config)), Map.of());
    }

    private static TensorMap onLiveArrays(ModelConfig config, Tensor pixels) {
        try (DjlNetwork network = new DjlNetwork(config, weights(config), Device.cpu())) {
            return network.classify(pixels, new HashSet<>(new Network(config).probes()));
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void liveArraysAndTheGraphAgree(ModelConfig config) throws Exception {
        Tensor pixels = RandomWeights.pixels(config, IMAGES);
        TensorMap live = onLiveArrays(config, pixels);
        try (Ort graph = new Ort(export(config).explain())) {
            TensorMap found = graph.run(pixels);
            assertThat(found.names())
                    .isEqualTo(live.names())
                    .contains("head_membership.1", "head_tokens.1")
                    .noneMatch(name -> name.startsWith("class_attention"));
            for (String output : live.names()) {
                assertThat(Errors.relative(found.get(output), live.get(output)))
                        .as(output)
                        .isLessThan(1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void theLastBlockAndTheHeadMeetTheSpecification(ModelConfig config) {
        TensorMap found = onLiveArrays(config, RandomWeights.pixels(config, IMAGES));
        Specification specification = new Specification(config, weights(config));
        for (int image = 0; image < IMAGES; image++) {
            Specification.Result expected =
                    specification.from(matrix(found, "tokens.0", image, config.tokens()));
            close(matrix(found, "membership.1", image, config.tokens()), expected.Pi());
            close(matrix(found, "head_membership.1", image, config.tokens()), expected.head().D());
            close(matrix(found, "head_tokens.1", image, config.tokens()), expected.head().tokens());
            close(matrix(found, "logits", image, 1), expected.logits());
        }
    }

    /** As far as that of the blocks is in its own bits: how a processor multiplies is not ours. */
    @ParameterizedTest
    @MethodSource("configurations")
    void theHeadsPartOfAnImageIsTheSameToTheBitInEveryBatch(ModelConfig config) throws Exception {
        Tensor pixels = RandomWeights.pixels(config, IMAGES);
        try (Ort graph = new Ort(export(config).explain())) {
            TensorMap together = graph.run(pixels);
            for (int image = 0; image < IMAGES; image++) {
                TensorMap alone = graph.run(OnnxExportTests.row(pixels, image));
                if (sameBits(alone, together, image, "membership.1")
                        && sameBits(alone, together, image, "tokens.1")) {
                    for (String output : List.of("head_membership.1", "head_tokens.1", "logits")) {
                        assertThat(sameBits(alone, together, image, output)).as(output).isTrue();
                    }
                }
            }
        }
    }

    private static boolean sameBits(TensorMap alone, TensorMap together, int image, String output) {
        return alone.get(output).equals(OnnxExportTests.row(together.get(output), image));
    }

    /** To 1e-4 of the largest expected value. */
    private static void close(Matrix actual, Matrix expected) {
        double largest = 0;
        for (double value : expected.toArray()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual.toArray()).containsExactly(expected.toArray(), within(1e-4 * largest));
    }

    private static Matrix matrix(TensorMap outputs, String name, int image, int rows) {
        float[] values = outputs.get(name).toFloats();
        int size = values.length / IMAGES;
        int columns = size / rows;
        return Matrix.generate(rows, columns, (j, i) -> values[image * size + j * columns + i]);
    }

    private static OnnxExport export(ModelConfig config) {
        return new OnnxExport(config, RandomWeights.of(config), Provenance.unknown());
    }

    /** The second of two blocks and the head in doubles, put together from {@code io.dmst.math}. */
    private record Specification(ModelConfig config, TensorMap weights) {

        record Result(Matrix Pi, MembershipPooling head, Matrix logits) {}

        Result from(Matrix before) {
            GroupAttention attention = attention(normed("blocks.1.norm1", before));
            Matrix x = before.plus(scaled("blocks.1.gamma1", attention.output()));
            if (config.mlpRatio() > 0) {
                Matrix hidden =
                        linear("blocks.1.mlp.fc1")
                                .apply(normed("blocks.1.norm2", x))
                                .map(Specification::gelu);
                x = x.plus(scaled("blocks.1.gamma2", linear("blocks.1.mlp.fc2").apply(hidden)));
            }
            MembershipPooling head =
                    new MembershipPooling(centred(attention.membership()), normed("norm", x));
            return new Result(attention.membership(), head, head.logits(linear("head")));
        }

        private Matrix centred(Matrix Pi) {
            if (config.centre() == Centring.NONE) {
                return Pi;
            }
            return config.centre() == Centring.PICTURE
                    ? MembershipPooling.centred(Pi)
                    : MembershipPooling.centred(Pi, matrix("head.mean_map", Pi.rows(), Pi.cols()));
        }

        private GroupAttention attention(Matrix x) {
            String attn = "blocks.1.attn.";
            Linear space = linear(attn + "qkv");
            Linear out = linear(attn + "to_out.0");
            int K = config.numHeads();
            if (config.attention() == Attention.TSSA) {
                return new TssaSpecification(space, matrix(attn + "temp", 1, K), out).forward(x);
            }
            Selection selection =
                    switch (config.sparsifier()) {
                        case NONE -> new Selection.Fixed(Matrix.filled(K, config.embedDim(), 1));
                        case MOMENT -> new Selection.Moment(matrix(attn + "threshold", 1, K));
                        case MASK ->
                                new Selection.Mask(
                                        matrix(attn + "mask", K, config.embedDim()),
                                        matrix(attn + "threshold", 1, K));
                    };
            return new DmsaSpecification(space, linear(attn + "membership"), out, selection)
                    .forward(x);
        }

        private Matrix matrix(String name, int rows, int columns) {
            double[] values = weights.get(name).toDoubles();
            return Matrix.of(rows, columns, values);
        }

        private Linear linear(String name) {
            List<Integer> shape = weights.get(name + ".weight").shape();
            return new Linear(
                    matrix(name + ".weight", shape.get(0), shape.get(1)).transpose(),
                    matrix(name + ".bias", 1, shape.get(0)));
        }

        private Matrix scaled(String name, Matrix x) {
            double[] gamma = weights.get(name).toDoubles();
            return Matrix.generate(x.rows(), x.cols(), (j, i) -> gamma[i] * x.at(j, i));
        }

        private Matrix normed(String name, Matrix x) {
            double[] gain = weights.get(name + ".weight").toDoubles();
            double[] shift = weights.get(name + ".bias").toDoubles();
            int d = x.cols();
            Matrix ones = Matrix.filled(d, 1, 1.0 / d);
            Matrix mean = x.times(ones);
            Matrix variance = x.squared().times(ones).plus(mean.squared().scaled(-1));
            return Matrix.generate(
                    x.rows(),
                    d,
                    (j, i) ->
                            gain[i]
                                            * (x.at(j, i) - mean.at(j, 0))
                                            / Math.sqrt(variance.at(j, 0) + config.layerNormEps())
                                    + shift[i]);
        }

        /** x Φ(x), Φ by Simpson's rule. */
        private static double gelu(double x) {
            int steps = 200;
            double h = x / steps;
            double sum = 0;
            for (int i = 0; i <= steps; i++) {
                double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * Math.exp(-0.5 * h * i * h * i);
            }
            return x * (0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI));
        }
    }
}
