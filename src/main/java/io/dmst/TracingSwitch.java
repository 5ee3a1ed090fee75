package io.dmst;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Leaves tracing out altogether unless it is said where traces go: without that, Boot would make
 * spans of every request and throw them away.
 */
final class TracingSwitch implements EnvironmentPostProcessor {

    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final String LEFT_OUT =
            """
            org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration,\
            org.springframework.boot.opentelemetry.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration,\
            org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration,\
            org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration,\
            org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration,\
            org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration\
            """;

    @Override
    public void postProcessEnvironment(
            ConfigurableEnvironment environment, SpringApplication application) {
        if (!environment.containsProperty(ENDPOINT)) {
            environment
                    .getPropertySources()
                    .addLast(
                            new MapPropertySource(
                                    "no tracing",
                                    Map.of("spring.autoconfigure.exclude", LEFT_OUT)));
        }
    }
}
