package io.dmst.inference.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.Models;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
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
            assertThat(models.select(null, null))
                    .isInstanceOfSatisfying(
                            Models.Chosen.class,
                            chosen -> assertThat(probabilities(chosen)).isCloseTo(1, within()));
        });
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-5);
    }

    private static double probabilities(Models.Chosen chosen) {
        try {
            Prediction prediction =
                    (Prediction)
                            chosen.predictor()
                                    .predict(
                                            new PredictionRequest(
                                                    "r",
                                                    new byte[64 * 64 * 3],
                                                    Set.of("membership.2"),
                                                    Deadline.none()))
                                    .get(60, TimeUnit.SECONDS);
            assertThat(prediction.trace()).containsOnlyKeys("membership.2");
            double sum = 0;
            for (float probability : prediction.probabilities()) {
                sum += probability;
            }
            return sum;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatThisVersionCannotDoStopsTheStartAndSaysSo() {
        application
                .withPropertyValues("dmst.inference.mode=remote")
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("dmst.inference.mode=remote"));
        application
                .withPropertyValues("dmst.inference.engine=" + EngineName.DJL)
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("dmst.inference.engine=djl"));
        application
                .withPropertyValues("dmst.inference.device=cuda:0")
                .run(context -> assertThat(context).hasFailed());
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
