package io.dmst.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.onnx.Precision;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class InferencePropertiesTests {

    private static InferenceProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("dmst.inference", InferenceProperties.class);
    }

    @Test
    void defaultsServeTheBundledModelHere() {
        assertThat(bind(Map.of()))
                .isEqualTo(
                        new InferenceProperties(
                                InferenceProperties.Mode.LOCAL,
                                InferenceProperties.EngineName.ONNXRUNTIME,
                                "auto",
                                Precision.FP32,
                                null,
                                0,
                                1,
                                256,
                                0,
                                Duration.ofMillis(50),
                                Duration.ofSeconds(20)));
    }

    @Test
    void everyKeyIsBound() {
        assertThat(
                        bind(
                                Map.of(
                                        "dmst.inference.mode", "remote",
                                        "dmst.inference.engine", "djl",
                                        "dmst.inference.device", "cuda:1",
                                        "dmst.inference.model", "models/mine",
                                        "dmst.inference.threads", "3",
                                        "dmst.inference.workers", "2",
                                        "dmst.inference.queue", "7",
                                        "dmst.inference.max-batch", "16",
                                        "dmst.inference.batch-time", "20ms",
                                        "dmst.inference.drain", "1m")))
                .isEqualTo(
                        new InferenceProperties(
                                InferenceProperties.Mode.REMOTE,
                                InferenceProperties.EngineName.DJL,
                                "cuda:1",
                                Precision.FP32,
                                "models/mine",
                                3,
                                2,
                                7,
                                16,
                                Duration.ofMillis(20),
                                Duration.ofMinutes(1)));
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThatThrownBy(() -> bind(Map.of("dmst.inference.device", "gpu")))
                .rootCause()
                .hasMessageContaining("dmst.inference.device");
        assertThatThrownBy(() ->
                        bind(
                                Map.of(
                                        "dmst.inference.engine", "djl",
                                        "dmst.inference.precision", "fp16")))
                .rootCause()
                .hasMessageContaining("dmst.inference.precision");
        assertThatThrownBy(() -> bind(Map.of("dmst.inference.queue", "0")))
                .rootCause()
                .hasMessageContaining("queue");
    }
}
