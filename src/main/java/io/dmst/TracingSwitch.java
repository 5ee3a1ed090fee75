package io.dmst;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Leaves tracing out altogether unless it is said where traces go: without that, Boot would make
 * spans of every request and throw them away. So would it observe every request for them, which
 * takes a twentieth of what the server does for a small image and tells nothing that our own
 * metrics do not.
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

    private static final Map<String, Object> WITHOUT_TRACES =
            Map.of(
                    "spring.autoconfigure.exclude", LEFT_OUT,
                    "management.observations.enable.http.server.requests", "false",
                    "spring.grpc.server.observation.enabled", "false");

    @Override
    public void postProcessEnvironment(
            ConfigurableEnvironment environment, SpringApplication application) {
        if (!environment.containsProperty(ENDPOINT)) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource("no tracing", WITHOUT_TRACES));
        }
    }
}
