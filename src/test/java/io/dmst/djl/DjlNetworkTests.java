package io.dmst.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlNetworkTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"tost-micro-p16", "tost-micro-p8", "vit-micro-p8"})
    void meetsThePublishedCode(String name) throws IOException {
        TensorMap expected = Safetensors.read(GOLDEN.resolve(name + ".expected.safetensors"));
        Set<String> names = new TreeSet<>(expected.names());
        names.remove("input");
        try (DjlNetwork network = network(name)) {
            TensorMap found = network.run(expected.get("input"), names);
            assertThat(found.names()).containsAll(names);
            for (String output : names) {
                assertThat(relativeError(found.get(output), expected.get(output)))
                        .as(output)
                        .isLessThan(1e-4);
            }
        }
    }

    @Test
    void aBatchGivesWhatEachImageAloneGives() throws IOException {
        Tensor input =
                Safetensors.read(GOLDEN.resolve("tost-micro-p8.expected.safetensors")).get("input");
        float[] values = input.toFloats();
        float[] first = Arrays.copyOf(values, values.length / 2);
        try (DjlNetwork network = network("tost-micro-p8")) {
            float[] both = network.run(input, Set.of()).get("logits").toFloats();
            float[] alone =
                    network.run(Tensor.of(first, 1, 3, 32, 32), Set.of()).get("logits").toFloats();
            for (int i = 0; i < alone.length; i++) {
                assertThat(both[i]).isCloseTo(alone[i], org.assertj.core.data.Offset.offset(1e-5f));
            }
        }
    }

    @Test
    void noCallLeavesNativeArraysBehind() throws IOException {
        Tensor input =
                Safetensors.read(GOLDEN.resolve("tost-micro-p8.expected.safetensors")).get("input");
        try (DjlNetwork network = network("tost-micro-p8")) {
            network.run(input, Set.of("membership.0"));
            int before = network.liveArrays();
            for (int i = 0; i < 20; i++) {
                network.run(input, Set.of("membership.0"));
            }
            assertThat(network.liveArrays()).isEqualTo(before);
        }
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        ModelConfig config = ModelConfig.read(GOLDEN.resolve("tost-micro-p8.json"));
        TensorMap weights = Safetensors.read(GOLDEN.resolve("vit-micro-p8.safetensors"));
        assertThatThrownBy(() -> new DjlNetwork(config, weights, Device.cpu()))
                .hasMessageContaining("blocks.0.attn");
    }

    private static DjlNetwork network(String name) throws IOException {
        return new DjlNetwork(
                ModelConfig.read(GOLDEN.resolve(name + ".json")),
                Safetensors.read(GOLDEN.resolve(name + ".safetensors")),
                Device.cpu());
    }

    /** Largest difference over the largest expected value. */
    private static double relativeError(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        double[] a = found.toDoubles();
        double[] b = expected.toDoubles();
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return difference / largest;
    }
}
