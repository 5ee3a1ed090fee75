package io.dmst.serve.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LocalInferenceTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir private Path directory;

    private ApplicationContextRunner application;

    @BeforeEach
    void writeAModel() throws IOException {
        Files.copy(GOLDEN.resolve("tost-micro-p16.json"), directory.resolve("config.json"));
        Files.copy(
                GOLDEN.resolve("tost-micro-p16.safetensors"),
                directory.resolve("model.safetensors"));
        application =
                new ApplicationContextRunner()
                        .withBean(SimpleMeterRegistry.class)
                        .withUserConfiguration(LocalInference.class)
                        .withPropertyValues("dmst.inference.model=" + directory);
    }

    @Test
    void theModelOfADirectoryIsServedWithItsProbes() {
        application.run(context -> {
            Models models = context.getBean(Models.class);
            assertThat(probabilities(models.select(null, null))).isCloseTo(1, within());
        });
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-5);
    }

    private static double probabilities(Predictor chosen) {
        Prediction prediction = predict(chosen);
        assertThat(prediction.trace()).containsOnlyKeys("membership.2");
        double sum = 0;
        for (float probability : prediction.probabilities()) {
            sum += probability;
        }
        return sum;
    }

    private static Prediction predict(Predictor selection) {
        byte[] pixels = new byte[64 * 64 * 3];
        new SplittableRandom(0).nextBytes(pixels);
        PredictionRequest request =
                new PredictionRequest("r", pixels, Set.of("membership.2"), Deadline.none());
        try {
            return (Prediction) selection.predict(request).get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bothEnginesAnswerTheSame() {
        List<Prediction> answers = new ArrayList<>();
        for (EngineName engine : EnumSet.of(EngineName.ONNXRUNTIME, EngineName.DJL)) {
            application
                    .withPropertyValues("dmst.inference.engine=" + engine)
                    .run(context ->
                            answers.add(predict(context.getBean(Models.class).select(null, null))));
        }
        assertThat(answers).hasSize(2);
        for (int i = 0; i < answers.getFirst().probabilities().length; i++) {
            assertThat((double) answers.get(0).probabilities()[i])
                    .isCloseTo(answers.get(1).probabilities()[i], within());
        }
        float[] first = trace(answers.get(0));
        float[] second = trace(answers.get(1));
        assertThat(first).hasSameSizeAs(second);
        for (int i = 0; i < first.length; i++) {
            assertThat((double) first[i]).isCloseTo(second[i], within());
        }
    }

    private static float[] trace(Prediction prediction) {
        return Objects.requireNonNull(prediction.trace().get("membership.2")).values();
    }

    @Test
    void whatThisVersionCannotDoStopsTheStartAndSaysSo() {
        application
                .withPropertyValues("dmst.inference.device=cuda:0")
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("use cpu or auto"));
    }

    @Test
    void aDirectoryWithoutAModelIsNamed() {
        application
                .withPropertyValues("dmst.inference.model=" + directory.resolve("absent"))
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("absent"));
    }
}
