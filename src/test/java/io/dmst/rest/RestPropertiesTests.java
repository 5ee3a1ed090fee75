package io.dmst.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class RestPropertiesTests {

    private static RestProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("dmst.rest", RestProperties.class);
    }

    @Test
    void defaultsAreThese() {
        assertThat(bind(Map.of()))
                .isEqualTo(
                        new RestProperties(
                                DataSize.ofMegabytes(20),
                                DataSize.ofMegabytes(64),
                                32,
                                DataSize.ofMegabytes(128),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                0,
                                DataSize.ofMegabytes(1280),
                                50_000_000));
    }

    @Test
    void everyKeyIsBound() {
        assertThat(
                        bind(
                                Map.of(
                                        "dmst.rest.max-image-size", "1MB",
                                        "dmst.rest.max-request-size", "2MB",
                                        "dmst.rest.max-images", "3",
                                        "dmst.rest.body-memory", "4MB",
                                        "dmst.rest.timeout", "5s",
                                        "dmst.rest.max-timeout", "6s",
                                        "dmst.rest.decoders", "7",
                                        "dmst.rest.decode-memory", "8MB",
                                        "dmst.rest.max-pixels", "9")))
                .isEqualTo(
                        new RestProperties(
                                DataSize.ofMegabytes(1),
                                DataSize.ofMegabytes(2),
                                3,
                                DataSize.ofMegabytes(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                7,
                                DataSize.ofMegabytes(8),
                                9));
    }

    @Test
    void limitsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> bind(Map.of("dmst.rest.max-request-size", "1MB")))
                .rootCause()
                .hasMessageContaining("max-request-size");
        assertThatThrownBy(() -> bind(Map.of("dmst.rest.max-images", "0")))
                .rootCause()
                .hasMessageContaining("max-images");
    }
}
