package io.dmst.serve.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.engine.OnnxEngine;
import io.dmst.core.engine.OnnxSession;
import io.dmst.core.engine.ProbeValues;
import io.dmst.core.explain.Explainer;
import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Wanted;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.RandomWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An image is explained alike whoever shares its batch. */
class ExplanationBatchTests {

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"dmsa", "tssa", "mhsa"})
    void imagesOfABatchAreExplainedAsEachAlone(String attention) throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "image_size", List.of(16, 24),
                                "patch_size", 4,
                                "embed_dim", 16,
                                "depth", 2,
                                "num_heads", 4,
                                "num_classes", 3,
                                "attention", attention));
        ModelDirectory.write(
                directory,
                config,
                RandomWeights.of(config),
                List.of("a", "b", "c"),
                new ModelCard(Map.of(), ""));
        OnnxExport export = OnnxExport.of(ModelDirectory.read(directory));
        Explainer explainer = new Explainer(config, Wanted.everything(config));
        List<byte[]> images = IntStream.range(0, 3).mapToObj(i -> pixels(config, i)).toList();

        try (OnnxEngine engine =
                new OnnxEngine(
                        new OnnxSession(export.classify(), 1, null),
                        () -> new OnnxSession(export.explain(), 1, null))) {
            List<Map<String, ProbeValues>> together = engine.run(images, explainer.probes());
            for (int i = 0; i < images.size(); i++) {
                Map<String, ProbeValues> alone =
                        engine.run(List.of(images.get(i)), explainer.probes()).getFirst();
                assertAlike(explain(explainer, together.get(i)), explain(explainer, alone));
            }
        }
    }

    private static Explanation explain(Explainer explainer, Map<String, ProbeValues> outputs) {
        Map<String, float[]> trace = new HashMap<>();
        outputs.forEach((name, values) -> trace.put(name, values.values()));
        return explainer.explain(trace, 0);
    }

    private static void assertAlike(Explanation actual, Explanation expected) {
        for (int layer = 0; layer < expected.layers().size(); layer++) {
            Explanation.Layer one = actual.layers().get(layer);
            Explanation.Layer other = expected.layers().get(layer);
            assertThat(one.rates().rate())
                    .isCloseTo(Objects.requireNonNull(other.rates().rate()), within(1e-3));
            assertThat(one.groups().isPresent()).isEqualTo(other.groups().isPresent());
            assertAlike(
                    one.groups().stream().flatMap(groups -> Stream.of(groups.membership())),
                    other.groups().stream().flatMap(groups -> Stream.of(groups.membership())));
        }
        assertAlike(
                actual.classAttention().stream().map(Explanation.ClassAttention::map),
                expected.classAttention().stream().map(Explanation.ClassAttention::map));
    }

    private static void assertAlike(Stream<float[]> actual, Stream<float[]> expected) {
        List<float[]> maps = actual.toList();
        List<float[]> others = expected.toList();
        assertThat(maps).hasSameSizeAs(others);
        for (int i = 0; i < maps.size(); i++) {
            assertThat(maps.get(i)).containsExactly(others.get(i), within(1e-5f));
        }
    }

    private static byte[] pixels(ModelConfig config, int seed) {
        byte[] pixels = new byte[config.imageSize().height() * config.imageSize().width() * 3];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }
}
