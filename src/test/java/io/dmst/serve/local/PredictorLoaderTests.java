package io.dmst.serve.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.Golden;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.engine.ProbeValues;
import io.dmst.core.onnx.Precision;
import io.dmst.core.onnx.RandomWeights;
import io.dmst.serve.predict.BatchProperties;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.DriftProperties;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.InferenceProperties.Mode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.PredictorSettings;
import io.dmst.serve.predict.ShutdownProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way from a model directory to predictions, on the real engine. */
public class PredictorLoaderTests {

    @TempDir private Path directory;

    public static ModelDirectory bundled() {
        return ModelDirectory.bundled("dmst-cifar10");
    }

    private static PredictorSettings properties(int threads, int maxBatch) {
        return properties("cpu", threads, maxBatch);
    }

    private static PredictorSettings properties(String device, int threads, int maxBatch) {
        return new PredictorSettings(
                new InferenceProperties(
                        Mode.LOCAL,
                        EngineName.ONNXRUNTIME,
                        device,
                        Precision.FP32,
                        null,
                        threads,
                        1),
                new BatchProperties(maxBatch, Duration.ofSeconds(1), 256),
                new ShutdownProperties(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(20)),
                DriftProperties.standard());
    }

    private ModelDirectory random(String attention) throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "image_size", List.of(16, 24),
                                "patch_size", 4,
                                "embed_dim", 20,
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
        return ModelDirectory.read(directory);
    }

    private static List<byte[]> images(ModelDirectory model, int count) {
        SplittableRandom random = new SplittableRandom(3);
        Tensor golden = Golden.pixels(model.config());
        int size = Math.toIntExact(golden.size() / golden.shape().getFirst());
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] pixels = new byte[size];
                    random.nextBytes(pixels);
                    return pixels;
                })
                .toList();
    }

    private static List<Prediction> predict(
            Predictor predictor, List<byte[]> images, Set<String> probes) {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (byte[] pixels : images) {
            answers.add(
                    predictor.predict(new PredictionRequest("r", pixels, probes, Deadline.none())));
        }
        return answers.stream().map(answer -> (Prediction) answer.join()).toList();
    }

    private static void assertSameBits(
            ModelDirectory model, int threads, Set<String> probes, int largest) {
        List<byte[]> images = images(model, 64);
        List<Prediction> together;
        List<Prediction> alone = new ArrayList<>();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Predictor predictor =
                PredictorLoader.open(model, properties(threads, largest), meters)) {
            together = predict(predictor, images, probes);
            for (byte[] image : images) {
                alone.addAll(predict(predictor, List.of(image), probes));
            }
        }
        assertThat(alone).extracting(p -> p.timing().batchSize()).containsOnly(1);
        for (int i = 0; i < images.size(); i++) {
            assertThat(together.get(i).logits()).isEqualTo(alone.get(i).logits());
            assertThat(together.get(i).probabilities()).isEqualTo(alone.get(i).probabilities());
            Map<String, ProbeValues> trace = together.get(i).trace();
            assertThat(trace).containsOnlyKeys(probes);
            for (Map.Entry<String, ProbeValues> probe : alone.get(i).trace().entrySet()) {
                assertThat(trace.get(probe.getKey()))
                        .isNotNull()
                        .extracting(ProbeValues::values)
                        .isEqualTo(probe.getValue().values());
            }
        }
    }

    @Test
    void aModelThatCannotBeOpenedLeavesNoDriftBehind() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        PredictorSettings noSuchDevice = properties("cuda:99", 1, 8);
        assertThatThrownBy(() -> PredictorLoader.open(bundled(), noSuchDevice, meters))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(meters.find("dmst.drift").gauge()).isNull();
        assertThat(meters.find("dmst.drift.alarm").gauge()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "1, 64", "2, 8"})
    void theBundledModelsImagesHaveTheSameBitsInABatchAndAlone(int threads, int largest) {
        assertSameBits(bundled(), threads, Set.of(), largest);
        assertSameBits(bundled(), threads, Set.of("membership.0", "tokens.3"), largest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dmsa", "tssa", "mhsa"})
    void theSameBitsComeFromEveryNetworkWhetherItsEngineCanBatchThemOrNot(String attention)
            throws IOException {
        ModelDirectory model = random(attention);
        assertSameBits(model, 2, Set.of(), 8);
        assertSameBits(model, 2, Set.of("tokens.1"), 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void theBundledModelIsBatchedUpToItsLargestBatchAndNoFurther(int largest) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Predictor predictor =
                PredictorLoader.open(bundled(), properties(1, largest), meters)) {
            List<Prediction> answers = predict(predictor, images(bundled(), 64), Set.of());
            assertThat(answers.stream().mapToInt(p -> p.timing().batchSize()).max())
                    .hasValue(largest);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void requestsOfOneBatchGetTheProbesThatEachAskedFor(int rounds) {
        try (Predictor predictor =
                PredictorLoader.open(bundled(), properties(1, 8), new SimpleMeterRegistry())) {
            for (byte[] image : images(bundled(), rounds)) {
                List<CompletableFuture<Outcome>> answers = new ArrayList<>();
                for (int layer = 0; layer < 4; layer++) {
                    answers.add(
                            predictor.predict(
                                    new PredictionRequest(
                                            "r",
                                            image,
                                            Set.of("membership." + layer),
                                            Deadline.none())));
                }
                for (int layer = 0; layer < 4; layer++) {
                    assertThat(((Prediction) answers.get(layer).join()).trace())
                            .containsOnlyKeys("membership." + layer);
                }
            }
        }
    }
}
