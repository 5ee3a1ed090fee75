package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.OnnxProgram;
import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.Membership;
import io.dmst.core.math.TssaSpecification;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Provenance;
import io.dmst.core.onnx.RandomWeights;
import io.dmst.djl.DjlNetwork;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What both engines compute of the layers, against the specification in plain arrays. */
class AttentionStatisticsTests {

    private static final int IMAGES = 3;

    private static final ModelConfig CONFIG =
            ModelConfig.of(
                    Map.of(
                            "image_size", List.of(12, 20),
                            "patch_size", 4,
                            "embed_dim", 24,
                            "depth", 3,
                            "num_heads", 3,
                            "num_classes", 5));

    static Stream<ModelConfig> configurations() {
        return Stream.of(
                CONFIG,
                CONFIG.with(Map.of("sparsifier", "mask", "rope", "projection")),
                CONFIG.with(Map.of("sparsifier", "none", "num_heads", 1, "depth", 1)),
                CONFIG.with(Map.of("attention", "tssa", "patch_size", 2)));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void onnxRuntimeMeetsTheSpecification(ModelConfig config) {
        TensorMap outputs = onnx(config, RandomWeights.of(config), pixels(config, IMAGES));
        meetsTheSpecification(config, outputs);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void liveArraysMeetTheSpecification(ModelConfig config) {
        meetsTheSpecification(
                config, djl(config, RandomWeights.of(config), pixels(config, IMAGES)));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void anImageHasTheSameStatisticsAloneAndInABatch(ModelConfig config) {
        Map<String, Tensor> weights = RandomWeights.of(config);
        Tensor batch = pixels(config, IMAGES);
        int size = (int) batch.byteSize() / IMAGES;
        TensorMap together = onnx(config, weights, batch);
        byte[] all = new byte[IMAGES * size];
        batch.bytes().get(all);
        for (int image = 0; image < IMAGES; image++) {
            byte[] one = Arrays.copyOfRange(all, image * size, (image + 1) * size);
            TensorMap alone = onnx(config, weights, tensor(config, one));
            for (Statistic statistic : Statistic.values()) {
                assertThat(alone.get(statistic.word()).toFloats())
                        .containsExactly(row(together, statistic.word(), image), within(1e-4f));
            }
        }
    }

    @Test
    void membershipsOfZeroAndMomentsOfZeroGiveFiniteNumbers() {
        Map<String, Tensor> weights = new TreeMap<>(RandomWeights.of(CONFIG));
        float[] decided = {400, 0, 0};
        for (int layer = 0; layer < CONFIG.depth(); layer++) {
            String attn = "blocks." + layer + ".attn.";
            weights.put(attn + "membership.weight", Tensor.of(new float[3 * 24], 3, 24));
            weights.put(attn + "membership.bias", Tensor.of(decided, 3));
            weights.put(attn + "qkv.weight", Tensor.of(new float[24 * 24], 24, 24));
            weights.put(attn + "qkv.bias", Tensor.of(new float[24], 24));
        }
        Tensor pixels = pixels(CONFIG, 1);
        for (TensorMap outputs :
                List.of(onnx(CONFIG, weights, pixels), djl(CONFIG, weights, pixels))) {
            assertThat(outputs.get("coding_rate").toFloats()).containsOnly(0);
            assertThat(outputs.get("entropy").toFloats()).containsOnly(0);
            assertThat(row(outputs, "usage", 0))
                    .containsExactly(new float[] {1, 0, 0, 1, 0, 0, 1, 0, 0}, within(1e-6f));
        }
    }

    @Test
    void softmaxAttentionHasNone() {
        ModelConfig config = CONFIG.with(Map.of("attention", "mhsa"));
        TensorMap outputs = onnx(config, RandomWeights.of(config), pixels(config, 1));
        assertThat(outputs.names()).doesNotContain("coding_rate", "entropy", "usage");
    }

    private static void meetsTheSpecification(ModelConfig config, TensorMap outputs) {
        int groups = config.numHeads();
        for (int image = 0; image < IMAGES; image++) {
            float[] usage = row(outputs, "usage", image);
            for (int layer = 0; layer < config.depth(); layer++) {
                Membership Pi =
                        Membership.of(row(outputs, Probe.MEMBERSHIP.in(layer), image), groups);
                assertThat((double) row(outputs, "coding_rate", image)[layer])
                        .isCloseTo(codingRate(config, outputs, layer, image, Pi), relative());
                assertThat((double) row(outputs, "entropy", image)[layer])
                        .isCloseTo(Pi.meanEntropy(), within(1e-4 * Math.log(groups + 1)));
                for (int k = 0; k < groups; k++) {
                    assertThat((double) usage[layer * groups + k])
                            .isCloseTo(Pi.usage()[k], within(1e-5));
                }
            }
        }
    }

    private static Percentage relative() {
        return Percentage.withPercentage(0.01);
    }

    private static double codingRate(
            ModelConfig config, TensorMap outputs, int layer, int image, Membership Pi) {
        int groups = config.numHeads();
        int channels = config.embedDim();
        float[] moments = row(outputs, Probe.SECOND_MOMENT.in(layer), image);
        Matrix selection =
                config.attention() == Attention.TSSA
                        ? TssaSpecification.onOwnBlocks(Matrix.filled(groups, channels / groups, 1))
                        : TssaSpecification.amongAllAxes(
                                row(outputs, Probe.SELECTION.in(layer), image), groups, channels);
        return CodingRate.variationalOfUnitTokens(
                TssaSpecification.amongAllAxes(moments, groups, channels),
                Pi,
                selection,
                CodingRate.EPSILON_SQUARED);
    }

    private static TensorMap onnx(ModelConfig config, Map<String, Tensor> weights, Tensor pixels) {
        byte[] graph = new OnnxExport(config, weights, Provenance.unknown()).explain();
        try (OnnxProgram program = new OnnxProgram(graph)) {
            return program.run(pixels);
        }
    }

    private static TensorMap djl(ModelConfig config, Map<String, Tensor> weights, Tensor pixels) {
        TensorMap tensors = new TensorMap("random", new TreeMap<>(weights), Map.of());
        try (DjlNetwork network = new DjlNetwork(config, tensors, Device.cpu())) {
            Set<String> probes = new HashSet<>(new Network(config).probes());
            return network.classify(pixels, probes);
        }
    }

    private static float[] row(TensorMap outputs, String name, int image) {
        Tensor tensor = outputs.get(name);
        float[] all = tensor.toFloats();
        int each = all.length / tensor.shape().getFirst();
        return Arrays.copyOfRange(all, image * each, (image + 1) * each);
    }

    private static Tensor pixels(ModelConfig config, int images) {
        byte[] bytes =
                new byte[images * config.imageSize().height() * config.imageSize().width() * 3];
        new SplittableRandom(5).nextBytes(bytes);
        return tensor(config, bytes);
    }

    private static Tensor tensor(ModelConfig config, byte[] bytes) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        return Tensor.ofBytes(bytes, bytes.length / (height * width * 3), height, width, 3);
    }
}
