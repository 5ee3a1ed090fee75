package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.tracing.Tracer;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Real services, and a collector that takes what they send. */
class TraceRegistryIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final List<String> STAGES = List.of("decode", "queue", "compute");

    private static String[] tracing(OtlpReceiver receiver) {
        return new String[] {
            "--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint(),
            "--management.opentelemetry.tracing.export.schedule-delay=100ms",
            "--management.tracing.sampling.probability=1.0"
        };
    }

    @Test
    void aClassificationIsOneTraceFromTheGatewayToTheNode() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                Observed node = Observed.node(tracing(receiver));
                Observed gateway = Observed.gateway(node, tracing(receiver))) {
            await().atMost(PATIENCE).until(gateway::ready);
            assertThat(gateway.classify("X-Request-Id", "traced-1").statusCode()).isEqualTo(200);
            // of both: the request, queue and compute; of the gateway alone: decode
            await().atMost(PATIENCE).until(() -> receiver.spans("traced-1").size() == 7);

            List<Span> spans = receiver.spans("traced-1");
            assertThat(spans).extracting(Span::getTraceId).containsOnly(spans.get(0).getTraceId());
            Map<String, Long> names =
                    spans.stream()
                            .collect(Collectors.groupingBy(Span::getName, Collectors.counting()));
            assertThat(names).containsEntry("decode", 1L);
            assertThat(names).containsEntry("queue", 2L).containsEntry("compute", 2L);
            List<Span> requests =
                    spans.stream().filter(span -> !STAGES.contains(span.getName())).toList();
            assertThat(requests).hasSize(2);
            for (Span stage : spans) {
                if (STAGES.contains(stage.getName())) {
                    assertThat(requests)
                            .extracting(Span::getSpanId)
                            .contains(stage.getParentSpanId());
                    assertThat(stage.getEndTimeUnixNano())
                            .isGreaterThanOrEqualTo(stage.getStartTimeUnixNano());
                }
            }
        }
    }

    @Test
    void whereNoEndpointIsGivenNothingIsTraced() throws Exception {
        List<String> before = threads();
        try (Observed node = Observed.node()) {
            assertThat(node.classify().statusCode()).isEqualTo(200);
            assertThat(node.has(Tracer.class)).isFalse();
            List<String> added = new ArrayList<>(threads());
            added.removeAll(before);
            assertThat(added).noneMatch(name -> name.contains("BatchSpanProcessor"));
            assertThat(node.metrics()).doesNotContain("http_server_requests");
        }
    }

    @Test
    void theFrameworksCountRequestsWhereTheyAreAskedTo() throws Exception {
        try (Observed node =
                        Observed.node(
                                "--management.observations.enable.http.server.requests=true",
                                "--spring.grpc.server.observation.enabled=true");
                Observed gateway = Observed.gateway(node)) {
            await().atMost(PATIENCE).until(gateway::ready);
            assertThat(gateway.classify().statusCode()).isEqualTo(200);
            assertThat(node.classify().statusCode()).isEqualTo(200);
            // refused before its handler was looked for
            assertThat(node.classify("Request-Timeout", "0").statusCode()).isEqualTo(504);
            assertThat(node.metrics())
                    .contains("http_server_requests_seconds_count")
                    .contains("grpc_server_seconds_count");
            await().atMost(PATIENCE)
                    .until(() -> node.metrics().contains("status=\"504\",uri=\"/v1/classify\""));
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
