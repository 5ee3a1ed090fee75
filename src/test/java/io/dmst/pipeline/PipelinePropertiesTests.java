package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class PipelinePropertiesTests {

    private static PipelineProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("dmst.pipeline", PipelineProperties.class);
    }

    @Test
    void defaultsAreThese() {
        assertThat(bind(Map.of()))
                .isEqualTo(
                        new PipelineProperties(
                                DataSize.ofMegabytes(20),
                                DataSize.ofMegabytes(64),
                                32,
                                DataSize.ofMegabytes(128),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                0,
                                DataSize.ofMegabytes(1280),
                                50_000_000,
                                Duration.ZERO,
                                Duration.ofSeconds(2)));
    }

    @Test
    void everyKeyIsBound() {
        assertThat(
                        bind(
                                Map.ofEntries(
                                        Map.entry("dmst.pipeline.max-image-size", "1MB"),
                                        Map.entry("dmst.pipeline.max-request-size", "2MB"),
                                        Map.entry("dmst.pipeline.max-images", "3"),
                                        Map.entry("dmst.pipeline.body-memory", "4MB"),
                                        Map.entry("dmst.pipeline.timeout", "5s"),
                                        Map.entry("dmst.pipeline.max-timeout", "6s"),
                                        Map.entry("dmst.pipeline.decoders", "7"),
                                        Map.entry("dmst.pipeline.decode-memory", "8MB"),
                                        Map.entry("dmst.pipeline.max-pixels", "9"),
                                        Map.entry("dmst.pipeline.notice", "4s"),
                                        Map.entry("dmst.pipeline.quiet", "1s"))))
                .isEqualTo(
                        new PipelineProperties(
                                DataSize.ofMegabytes(1),
                                DataSize.ofMegabytes(2),
                                3,
                                DataSize.ofMegabytes(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                7,
                                DataSize.ofMegabytes(8),
                                9,
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(1)));
    }

    @Test
    void limitsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> bind(Map.of("dmst.pipeline.max-request-size", "1MB")))
                .rootCause()
                .hasMessageContaining("max-request-size");
        assertThatThrownBy(() -> bind(Map.of("dmst.pipeline.max-images", "0")))
                .rootCause()
                .hasMessageContaining("max-images");
    }
}
