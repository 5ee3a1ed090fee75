package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.onnx.Precision;
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
                                1));
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
                                        "dmst.inference.workers", "2")))
                .isEqualTo(
                        new InferenceProperties(
                                InferenceProperties.Mode.REMOTE,
                                InferenceProperties.EngineName.DJL,
                                "cuda:1",
                                Precision.FP32,
                                "models/mine",
                                3,
                                2));
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
        assertThatThrownBy(() -> bind(Map.of("dmst.inference.workers", "0")))
                .rootCause()
                .hasMessageContaining("workers");
    }
}
