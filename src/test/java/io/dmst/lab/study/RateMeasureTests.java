package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Matrix;
import io.dmst.core.model.Network;
import io.dmst.core.model.Variants;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlNetwork;
import io.dmst.lab.train.UntrainedWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RateMeasureTests {

    private static final int D = 16;

    @TempDir private Path directory;

    private ModelDirectory model(String attention, long seed) throws IOException {
        ModelConfig config =
                Variants.named("dmst-compact-4-p4")
                        .with(Map.of("embed_dim", D, "depth", 3, "attention", attention));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        UntrainedWeights.of(new Network(config), seed)
                .forEach((spec, values) ->
                        weights.put(
                                spec.name(),
                                Tensor.of(
                                        values,
                                        spec.shape().stream()
                                                .mapToInt(Integer::intValue)
                                                .toArray())));
        List<String> labels = List.of("0 1 2 3 4 5 6 7 8 9".split(" "));
        ModelDirectory.write(directory, config, weights, labels, ModelCard.EMPTY);
        return ModelDirectory.read(directory);
    }

    private static List<byte[]> images() {
        Random random = new Random(3);
        byte[] one = new byte[32 * 32 * 3];
        byte[] two = new byte[32 * 32 * 3];
        random.nextBytes(one);
        random.nextBytes(two);
        return List.of(one, two);
    }

    private static JsonNode measured(ModelDirectory model, long seed) {
        return new JsonMapper()
                .valueToTree(
                        new RateMeasure(model).measure(images(), seed, DjlEngines.device("cpu")));
    }

    @Test
    void ratesAreThoseOfTheSpecification() throws IOException {
        ModelDirectory model = model("dmsa", 5);
        JsonNode trained = measured(model, 6).path("trained");

        double rate = 0;
        double compression = 0;
        try (DjlNetwork network =
                new DjlNetwork(model.config(), model.weights(), DjlEngines.device("cpu"))) {
            for (byte[] image : images()) {
                TensorMap outputs =
                        network.classify(
                                Tensor.ofBytes(image, 1, 32, 32, 3),
                                Set.of("tokens.2", "membership.2"));
                Matrix Z = CodingRate.unitRows(matrix(outputs.get("tokens.2").toFloats(), D));
                Matrix Pi = matrix(outputs.get("membership.2").toFloats(), 4);
                rate += CodingRate.rate(Z, 0.01) / 2;
                compression += CodingRate.compression(Z, Pi, 0.01) / 2;
            }
        }
        assertThat(trained.path("rate").get(2).asDouble()).isCloseTo(rate, within(1e-6));
        assertThat(trained.path("compression").get(2).asDouble())
                .isCloseTo(compression, within(1e-6));
        assertThat(trained.path("variational")).hasSize(3);
    }

    private static Matrix matrix(float[] values, int columns) {
        return Matrix.generate(
                values.length / columns, columns, (row, column) -> values[row * columns + column]);
    }

    @Test
    void theNullIsTheNetworkThatTheSeedBeganWith() throws IOException {
        ModelDirectory model = model("tssa", 5);

        JsonNode same = measured(model, 5);
        assertThat(same.path("untrained")).isEqualTo(same.path("trained"));
        JsonNode other = measured(model, 6);
        assertThat(other.path("untrained").path("rate"))
                .isNotEqualTo(other.path("trained").path("rate"));
    }

    @Test
    void softmaxAttentionHasRatesAlone() throws IOException {
        JsonNode trained = measured(model("mhsa", 5), 5).path("trained");

        assertThat(trained.path("rate")).hasSize(3);
        assertThat(trained.has("compression")).isFalse();
        assertThat(trained.has("variational")).isFalse();
    }
}
