package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.DType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.Probe;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import onnx.GraphProto;
import onnx.ModelProto;
import onnx.NodeProto;
import onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExportTests {

    private static final ModelConfig CONFIG =
            ModelConfig.of(
                    Map.of(
                            "name", "small",
                            "version", "7",
                            "image_size", List.of(12, 20),
                            "patch_size", 4,
                            "stem_depth", 2,
                            "embed_dim", 24,
                            "depth", 2,
                            "num_heads", 3,
                            "num_classes", 5));

    static Stream<ModelConfig> configurations() {
        return Stream.of(
                CONFIG,
                CONFIG.with(Map.of("rope", "projection", "sparsifier", "mask")),
                CONFIG.with(Map.of("rope", "membership", "sparsifier", "none")),
                CONFIG.with(Map.of("attention", "tssa", "patch_size", 2)),
                CONFIG.with(Map.of("head", "membership", "mlp_ratio", 0, "num_heads", 5)),
                CONFIG.with(
                        Map.of(
                                "head", "membership",
                                "centre", "picture",
                                "attention", "tssa",
                                "stem", "patches")),
                CONFIG.with(Map.of("attention", "mhsa", "cls_attn_layers", 1)));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void anImageGetsTheSameAnswerAloneAndInABatch(ModelConfig config) throws Exception {
        Tensor pixels = RandomWeights.pixels(config, 5);
        try (Ort session = new Ort(export(config).explain())) {
            TensorMap together = session.run(pixels);
            for (int image = 0; image < 5; image++) {
                TensorMap alone = session.run(row(pixels, image));
                for (String output : alone.names()) {
                    Tensor expected = row(together.get(output), image);
                    assertThat(Errors.relative(alone.get(output), expected))
                            .as(output)
                            .isLessThan(1e-5);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void classifyingExplainingAndVerifyingGraphsGiveTheSameAnswer(ModelConfig config)
            throws Exception {
        Tensor pixels = RandomWeights.pixels(config, 2);
        OnnxExport export = export(config);
        try (Ort classify = new Ort(export.classify());
                Ort explain = new Ort(export.explain());
                Ort verify = new Ort(export.verify())) {
            TensorMap expected = classify.run(pixels);
            TensorMap explained = explain.run(pixels);
            TensorMap verified = verify.run(normalised(config, pixels));

            Set<String> names = new HashSet<>(Set.of("logits", "probabilities"));
            if (config.attention() != Attention.MHSA) {
                names.addAll(Set.of("coding_rate", "entropy", "usage"));
            }
            assertThat(expected.names()).isEqualTo(names);
            assertThat(verified.names()).isEqualTo(explained.names());
            for (String output : expected.names()) {
                assertThat(Errors.relative(explained.get(output), expected.get(output)))
                        .isLessThan(1e-5);
            }
            for (String output : explained.names()) {
                assertThat(Errors.relative(verified.get(output), explained.get(output)))
                        .as(output)
                        .isLessThan(1e-4);
            }
        }
    }

    @Test
    void probabilitiesAndMembershipsSumToOne() throws Exception {
        try (Ort session = new Ort(export(CONFIG).explain())) {
            TensorMap outputs = session.run(RandomWeights.pixels(CONFIG, 3));
            rowsSumToOne(outputs.get("probabilities"), 5);
            rowsSumToOne(outputs.get(Probe.MEMBERSHIP.in(1)), 3);
            rowsSumToOne(outputs.get(Probe.CLASS_ATTENTION.in(1)), 1 + CONFIG.tokens());
        }
    }

    @Test
    void everyProbeIsAnOutputOfDynamicBatch() throws Exception {
        try (Ort session = new Ort(export(CONFIG).explain())) {
            Set<String> expected = new HashSet<>(Set.of("logits", "probabilities"));
            expected.addAll(Set.of("coding_rate", "entropy", "usage"));
            for (int layer = 0; layer < 2; layer++) {
                for (Probe probe : Probe.values()) {
                    expected.add(probe.in(layer));
                }
                // of the other head
                expected.remove(Probe.HEAD_MEMBERSHIP.in(layer));
                expected.remove(Probe.HEAD_TOKENS.in(layer));
            }
            assertThat(session.outputs().keySet()).isEqualTo(expected);
            for (int batch : new int[] {1, 4}) {
                TensorMap outputs = session.run(RandomWeights.pixels(CONFIG, batch));
                assertThat(outputs.get("membership.0").shape()).containsExactly(batch, 15, 3);
                assertThat(outputs.get("second_moment.1").shape()).containsExactly(batch, 3, 24);
                assertThat(outputs.get("class_attention.1").shape()).containsExactly(batch, 3, 16);
                assertThat(outputs.get("coding_rate").shape()).containsExactly(batch, 2);
                assertThat(outputs.get("entropy").shape()).containsExactly(batch, 2);
                assertThat(outputs.get("usage").shape()).containsExactly(batch, 2, 3);
            }
        }
    }

    @Test
    void theFileSaysWhereItComesFrom() throws Exception {
        Provenance provenance =
                new Provenance(
                        "sha256:12", List.of("a", "b", "c", "d", "e"), Map.of("written-by", "me"));
        byte[] file = new OnnxExport(CONFIG, RandomWeights.of(CONFIG), provenance).classify();
        try (Ort session = new Ort(file)) {
            assertThat(session.metadata())
                    .containsEntry("dmst.model.name", "small")
                    .containsEntry("dmst.model.version", "7")
                    .containsEntry("dmst.model.digest", "sha256:12")
                    .containsEntry("dmst.labels", "a\nb\nc\nd\ne")
                    .containsEntry("written-by", "me")
                    .hasEntrySatisfying(
                            "dmst.operator",
                            source -> assertThat(source).contains("our derivation", "2601.17042"))
                    .hasEntrySatisfying(
                            "dmst.config",
                            json -> assertThat(ModelConfig.parse(json)).isEqualTo(CONFIG));
        }
        assertThat(ModelProto.parseFrom(file).getProducerName()).isEqualTo("DMST Serve");
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void noWeightIsRearrangedAtRunTime(ModelConfig config) throws Exception {
        GraphProto graph = ModelProto.parseFrom(export(config).classify()).getGraph();
        Set<String> weights = new HashSet<>();
        graph.getInitializerList().stream().map(TensorProto::getName).forEach(weights::add);

        for (NodeProto node : graph.getNodeList()) {
            assertThat(node.getInputList().stream().allMatch(weights::contains))
                    .as("%s depends on weights alone", node.getName())
                    .isFalse();
            assertThat(node.getOpType()).isNotIn("BatchNormalization", "Identity");
        }
        assertThat(weights).doesNotHaveDuplicates().contains("blocks.0.norm1.weight");
    }

    @Test
    void theSameModelGivesTheSameBytes() {
        assertThat(export(CONFIG).explain()).isEqualTo(export(CONFIG).explain());
    }

    @Test
    void weightsThatDoNotFitAreNamed() {
        Map<String, Tensor> weights = new TreeMap<>(RandomWeights.of(CONFIG));
        weights.remove("blocks.1.attn.threshold");
        weights.put("norm.bias", Tensor.of(new float[23], 23));
        weights.put("blocks.2.gamma1", Tensor.of(new float[24], 24));

        assertThatThrownBy(() -> new OnnxExport(CONFIG, weights, Provenance.unknown()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blocks.1.attn.threshold [3] is missing")
                .hasMessageContaining("norm.bias must have shape [24], not [23]")
                .hasMessageContaining("blocks.2.gamma1 has no place");
    }

    @Test
    void countersOfBatchNormalisationAreIgnored() {
        Map<String, Tensor> weights = new TreeMap<>(RandomWeights.of(CONFIG));
        weights.put("patch_embed.proj.0.1.num_batches_tracked", Tensor.ofLongs(new long[] {3}));

        assertThat(new OnnxExport(CONFIG, weights, Provenance.unknown()).classify())
                .isEqualTo(export(CONFIG).classify());
    }

    @Test
    void weightsOfAnotherTypeAreWidened() throws Exception {
        Map<String, Tensor> wide = new TreeMap<>();
        RandomWeights.of(CONFIG).forEach((name, tensor) -> wide.put(name, tensor.to(DType.F64)));

        assertThat(new OnnxExport(CONFIG, wide, Provenance.unknown()).classify())
                .isEqualTo(export(CONFIG).classify());
    }

    private static OnnxExport export(ModelConfig config) {
        return new OnnxExport(config, RandomWeights.of(config), Provenance.unknown());
    }

    private static void rowsSumToOne(Tensor tensor, int length) {
        float[] values = tensor.toFloats();
        for (int row = 0; row < values.length; row += length) {
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += values[row + i];
            }
            assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
        }
    }

    static Tensor row(Tensor batch, int image) {
        int[] shape = batch.shape().stream().mapToInt(Integer::intValue).toArray();
        int bytes = (int) batch.byteSize() / shape[0];
        byte[] part = new byte[bytes];
        batch.bytes().get(image * bytes, part);
        shape[0] = 1;
        return Tensor.ofRaw(batch.dtype(), part, shape);
    }

    /** The preprocessing's own formula. */
    private static Tensor normalised(ModelConfig config, Tensor pixels) {
        int images = pixels.shape().get(0);
        int size = config.imageSize().height() * config.imageSize().width();
        long[] bytes = pixels.toLongs();
        float[] values = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int c = i % 3;
            int image = i / 3 / size;
            double mean = config.preprocessing().mean().get(c);
            double std = config.preprocessing().std().get(c);
            values[(image * 3 + c) * size + i / 3 % size] =
                    (float) ((bytes[i] / 255.0 - mean) / std);
        }
        return Tensor.of(
                values, images, 3, config.imageSize().height(), config.imageSize().width());
    }
}
