package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real node and a real gateway show after they were used. */
class MetricsIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Set<Metric> OF_GATEWAYS =
            Set.of(Metric.GATEWAY_ATTEMPTS, Metric.GATEWAY_NODES);

    private static Observed node;
    private static Observed gateway;

    @BeforeAll
    static void use() throws Exception {
        node = Observed.node("--dmst.batch.queue=1", "--dmst.drift.window=32");
        gateway = Observed.gateway(node);
        await().atMost(PATIENCE).until(gateway::ready);
        node.traffic();
        gateway.traffic();
        await().atMost(PATIENCE)
                .until(() -> {
                    node.crowd();
                    return node.metrics().contains("dmst_shed_total{reason=\"queue_full\"}")
                            && node.metrics().contains("dmst_drift_windows_total{");
                });
    }

    @AfterAll
    static void close() {
        gateway.close();
        node.close();
    }

    @Test
    void aNodeThatWasUsedShowsEveryMetricButThoseOfGateways() {
        Set<String> expected = series();
        Metric.ENGINE_REBUILDS.series().forEach(expected::remove); // no engine is broken
        OF_GATEWAYS.forEach(metric -> metric.series().forEach(expected::remove));
        assertThat(shown(node)).containsAll(expected);
    }

    @Test
    void aGatewayShowsItsNodesAndWhatTheyToldOfTheModel() {
        Set<String> expected = new TreeSet<>();
        OF_GATEWAYS.forEach(metric -> expected.addAll(metric.series()));
        for (Metric metric :
                Set.of(
                        Metric.MODEL_INFO,
                        Metric.MODEL_READY,
                        Metric.PREDICTION_CONFIDENCE,
                        Metric.LAYER_CODING_RATE,
                        Metric.LAYER_MEMBERSHIP_ENTROPY,
                        Metric.TYPICALITY)) {
            expected.addAll(metric.series());
        }
        assertThat(shown(gateway)).containsAll(expected);
        assertThat(gateway.metrics()).containsPattern("dmst_model_ready\\{[^}]*\\} 1");
    }

    @Test
    void nothingOfOursIsShownThatIsNotInTheList() {
        for (Observed service : new Observed[] {node, gateway}) {
            Set<String> ours =
                    shown(service).stream()
                            .filter(name -> name.startsWith("dmst_"))
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(ours).isNotEmpty().isSubsetOf(series());
        }
    }

    private static Set<String> series() {
        return Arrays.stream(Metric.values())
                .flatMap(metric -> metric.series().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> shown(Observed service) {
        return service.metrics()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
