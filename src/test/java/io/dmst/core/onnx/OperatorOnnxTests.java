package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Rope;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.DmsaSpecification;
import io.dmst.core.math.GroupAttention;
import io.dmst.core.math.Linear;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.RotaryEncoding;
import io.dmst.core.math.Selection;
import io.dmst.core.math.SoftmaxAttention;
import io.dmst.core.math.TssaSpecification;
import io.dmst.core.model.Probe;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Block 1 of an exported network against the specification in doubles, which gets the graph's own
 * {@code tokens.0}.
 */
class OperatorOnnxTests {

    private static final int D = 24;
    private static final int K = 3;
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "none, none, 6, 4",
        "none, membership, 13, 1",
        "none, projection, 1, 1",
        "moment, none, 13, 1",
        "moment, membership, 6, 4",
        "moment, projection, 3, 5",
        "moment, none, 1, 1",
        "mask, none, 6, 4",
        "mask, membership, 1, 13",
        "mask, projection, 6, 4",
    })
    void dmsaIsWhatItsSpecificationSays(String sparsifier, String rope, int height, int width)
            throws Exception {
        ModelConfig config =
                config(
                        Map.of("sparsifier", sparsifier, "rope", rope, "attention", "dmsa"),
                        height,
                        width);
        TensorMap weights = weights(config);
        RotaryEncoding turn = RotaryEncoding.of(height, width, D);
        DmsaSpecification specification =
                new DmsaSpecification(
                        linear(weights, "qkv"),
                        linear(weights, "membership"),
                        linear(weights, "to_out.0"),
                        selection(config, weights),
                        config.rope() == Rope.MEMBERSHIP ? turn : RotaryEncoding.none(),
                        config.rope() == Rope.PROJECTION ? turn : RotaryEncoding.none());

        TensorMap actual = run(config, weights);
        for (int image = 0; image < 2; image++) {
            GroupAttention expected =
                    specification.forward(normalisedTokens(actual, weights, image));
            agree(actual, Probe.MEMBERSHIP, image, expected.membership());
            agree(actual, Probe.SECOND_MOMENT, image, expected.secondMoments());
            agree(actual, Probe.SELECTION, image, expected.selection());
            agree(actual, Probe.ATTENTION, image, expected.output());
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 4", "13, 1", "1, 1"})
    void tssaIsWhatItsSpecificationSays(int height, int width) throws Exception {
        ModelConfig config = config(Map.of("attention", "tssa"), height, width);
        TensorMap weights = weights(config);
        Matrix temp = Matrix.of(1, K, weights.get("blocks.1.attn.temp").toDoubles());
        TssaSpecification specification =
                new TssaSpecification(linear(weights, "qkv"), temp, linear(weights, "to_out.0"));

        TensorMap actual = run(config, weights);
        for (int image = 0; image < 2; image++) {
            GroupAttention expected =
                    specification.forward(normalisedTokens(actual, weights, image));
            agree(actual, Probe.MEMBERSHIP, image, expected.membership());
            agree(actual, Probe.ATTENTION, image, expected.output());
            Matrix own = matrix(actual.get(Probe.SECOND_MOMENT.in(1)), image);
            agree(TssaSpecification.onOwnBlocks(own), expected.secondMoments(), "second moments");
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 4", "13, 1", "1, 1"})
    void softmaxAttentionIsWhatItsSpecificationSays(int height, int width) throws Exception {
        ModelConfig config = config(Map.of("attention", "mhsa"), height, width);
        TensorMap weights = weights(config);
        SoftmaxAttention specification =
                new SoftmaxAttention(K, linear(weights, "qkv"), linear(weights, "proj"));

        TensorMap actual = run(config, weights);
        for (int image = 0; image < 2; image++) {
            Matrix tokens = normalisedTokens(actual, weights, image);
            agree(actual, Probe.ATTENTION, image, specification.forward(tokens).output());
        }
        assertThat(config.attention()).isEqualTo(Attention.MHSA);
        assertThat(actual.contains(Probe.MEMBERSHIP.in(1))).isFalse();
    }

    private static ModelConfig config(Map<String, String> operator, int height, int width) {
        return ModelConfig.of(
                        Map.of(
                                "image_size", List.of(8 * height, 8 * width),
                                "patch_size", 8,
                                "embed_dim", D,
                                "depth", 2,
                                "num_heads", K,
                                "num_classes", 5,
                                "cls_attn_layers", 1))
                .with(operator);
    }

    private static TensorMap weights(ModelConfig config) {
        return new TensorMap("random", new TreeMap<>(RandomWeights.of(config)), Map.of());
    }

    private static TensorMap run(ModelConfig config, TensorMap weights) throws Exception {
        OnnxExport export = new OnnxExport(config, weights.tensors(), Provenance.unknown());
        try (Ort session = new Ort(export.explain())) {
            return session.run(RandomWeights.pixels(config, 2));
        }
    }

    private static Linear linear(TensorMap weights, String layer) {
        Tensor weight = weights.get("blocks.1.attn." + layer + ".weight");
        int out = weight.shape().get(0);
        int in = weight.shape().get(1);
        double[] bias = weights.get("blocks.1.attn." + layer + ".bias").toDoubles();
        return new Linear(
                Matrix.of(out, in, weight.toDoubles()).transpose(), Matrix.of(1, out, bias));
    }

    private static Selection selection(ModelConfig config, TensorMap weights) {
        return switch (config.sparsifier()) {
            case NONE -> Selection.whole(K, D);
            case MOMENT -> new Selection.Moment(theta(weights));
            case MASK ->
                    new Selection.Mask(
                            Matrix.of(K, D, weights.get("blocks.1.attn.mask").toDoubles()),
                            theta(weights));
        };
    }

    private static Matrix theta(TensorMap weights) {
        return Matrix.of(1, K, weights.get("blocks.1.attn.threshold").toDoubles());
    }

    /** Layer normalisation in doubles of what block 0 gave. */
    private static Matrix normalisedTokens(TensorMap actual, TensorMap weights, int image) {
        Matrix x = matrix(actual.get(Probe.TOKENS.in(0)), image);
        double[] scale = weights.get("blocks.1.norm1.weight").toDoubles();
        double[] offset = weights.get("blocks.1.norm1.bias").toDoubles();
        Matrix mean = x.times(Matrix.filled(D, 1, 1.0 / D));
        Matrix centred = Matrix.generate(x.rows(), D, (j, i) -> x.at(j, i) - mean.at(j, 0));
        Matrix variance = centred.squared().times(Matrix.filled(D, 1, 1.0 / D));
        return Matrix.generate(
                x.rows(),
                D,
                (j, i) ->
                        centred.at(j, i) / Math.sqrt(variance.at(j, 0) + 1e-6) * scale[i]
                                + offset[i]);
    }

    private static Matrix matrix(Tensor batch, int image) {
        int rows = batch.shape().get(1);
        int columns = batch.shape().get(2);
        double[] values = batch.toDoubles();
        return Matrix.generate(rows, columns, (i, j) -> values[(image * rows + i) * columns + j]);
    }

    private static void agree(TensorMap actual, Probe probe, int image, Matrix expected) {
        agree(matrix(actual.get(probe.in(1)), image), expected, probe.in(1));
    }

    private static void agree(Matrix actual, Matrix expected, String name) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < expected.cols(); j++) {
                double error = Math.abs(actual.at(i, j) - expected.at(i, j));
                difference = Math.max(difference, error);
                largest = Math.max(largest, Math.abs(expected.at(i, j)));
            }
        }
        assertThat(difference / largest).as(name).isLessThan(TOLERANCE);
    }
}
