package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.onnx.RandomWeights;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What replaces values in a forward pass changes what depends on them, and nothing else. */
class InterventionTests {

    private static final ModelConfig CONFIG =
            ModelConfig.of(
                    Map.of(
                            "image_size", List.of(12, 20),
                            "patch_size", 4,
                            "embed_dim", 24,
                            "depth", 3,
                            "num_heads", 5,
                            "num_classes", 6,
                            "mlp_ratio", 2,
                            "head", "membership"));

    static Stream<ModelConfig> configurations() {
        return Stream.of(
                CONFIG,
                CONFIG.with(Map.of("attention", "tssa", "num_heads", 4, "mlp_ratio", 0)),
                CONFIG.with(Map.of("head", "class_attention", "num_heads", 4)),
                CONFIG.with(Map.of("head", "class_attention", "num_heads", 4, "attention", "tssa")),
                CONFIG.with(
                        Map.of("head", "class_attention", "num_heads", 4, "attention", "mhsa")));
    }

    private static float[] logits(
            ModelConfig config, Map<String, Tensor> weights, Intervention<NDArray> intervention) {
        Network network = new Network(config);
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters =
                        DjlParameters.load(
                                manager,
                                network.parameters(),
                                new TensorMap("random", new TreeMap<>(weights), Map.of()))) {
            DjlOps ops = new DjlOps(manager);
            Parameters<NDArray> views = parameters.in(manager);
            List<NDArray> features = network.features(ops, views, input(manager, config));
            return network.fromFeatures(
                            ops, views, features, new Network.Watch<>(Trace.none(), intervention))
                    .toFloatArray();
        }
    }

    private static NDArray input(NDManager manager, ModelConfig config) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        Random random = new Random(2);
        float[] values = new float[2 * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(2, 3, height, width));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void noneChangesNothing(ModelConfig config) {
        Map<String, Tensor> weights = RandomWeights.of(config);
        Network network = new Network(config);
        float[] plain;
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters =
                        DjlParameters.load(
                                manager,
                                network.parameters(),
                                new TensorMap("random", new TreeMap<>(weights), Map.of()))) {
            plain =
                    network.logits(
                                    new DjlOps(manager),
                                    parameters.in(manager),
                                    input(manager, config),
                                    Trace.none())
                            .toFloatArray();
        }

        assertThat(logits(config, weights, Intervention.none())).containsExactly(plain);
        assertThat(plain).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void attentionOfZerosIsANetworkWithoutItsTerms(ModelConfig config) {
        Map<String, Tensor> weights = RandomWeights.of(config);
        Map<String, Tensor> without = new TreeMap<>(weights);
        for (int layer = 0; layer < config.depth(); layer++) {
            without.put(
                    "blocks." + layer + ".gamma1",
                    Tensor.of(new float[config.embedDim()], config.embedDim()));
        }
        Intervention<NDArray> off =
                new Intervention<>() {
                    @Override
                    public NDArray attention(int layer, NDArray output) {
                        return output.zerosLike();
                    }
                };

        float[] found = logits(config, weights, off);

        assertThat(found).containsExactly(logits(config, without, Intervention.none()));
        assertThat(found).isNotEqualTo(logits(config, weights, Intervention.none()));
    }

    @Test
    void evenMembershipsInTheHeadGiveTheBiasAlone() {
        ModelConfig config = CONFIG.with(Map.of("centre", "picture"));
        Map<String, Tensor> weights = RandomWeights.of(config);
        Intervention<NDArray> even =
                new Intervention<>() {
                    @Override
                    public NDArray headMembership(NDArray Pi) {
                        return Pi.onesLike().div(Pi.getManager().create(5f));
                    }
                };

        float[] found = logits(config, weights, even);

        float[] bias = Objects.requireNonNull(weights.get("head.bias")).toFloats();
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(bias[i % bias.length], within(1e-4f));
        }
    }

    @Test
    void membershipsOfABlockAreReplacedInThatBlockAlone() {
        Map<String, Tensor> weights = RandomWeights.of(CONFIG);
        boolean[] seen = new boolean[CONFIG.depth()];
        Intervention<NDArray> turned =
                new Intervention<>() {
                    @Override
                    public NDArray membership(int layer, NDArray Pi) {
                        seen[layer] = true;
                        return layer == 1 ? Pi.flip(1) : Pi;
                    }
                };

        assertThat(logits(CONFIG, weights, turned))
                .isNotEqualTo(logits(CONFIG, weights, Intervention.none()));
        assertThat(seen).containsOnly(true);
    }
}
