package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.dmst.serve.metrics.Dashboard.Panel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A real Prometheus reads a real gateway and its node; dashboard and rules ask it. */
class PrometheusIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String WINDOW = "15s";

    @TempDir private static Path directory;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static RealPrometheus prometheus;

    private final Dashboard dashboard = Dashboard.read();

    PrometheusIntegrationTests() throws IOException {}

    @BeforeAll
    static void observe() throws Exception {
        Promtool.assumeInstalled("prometheus");
        Observed node = opened(Observed.node("--dmst.batch.queue=1", "--dmst.drift.window=32"));
        Observed gateway = opened(Observed.gateway(node));
        prometheus =
                opened(
                        RealPrometheus.start(
                                directory,
                                Map.of(
                                        "node", node.managementPort(),
                                        "gateway", gateway.managementPort())));
        await().atMost(PATIENCE).until(() -> gateway.ready() && prometheus.ready());
        // a rate needs two readings of a series: one before and one after more requests
        for (int readings : new int[] {1, 4}) {
            node.traffic();
            gateway.traffic();
            await().atMost(PATIENCE).until(() -> crowded(node));
            System.gc();
            await().atMost(PATIENCE).until(() -> readings(readings));
        }
    }

    private static <T extends AutoCloseable> T opened(T what) {
        OPEN.addFirst(what);
        return what;
    }

    private static boolean crowded(Observed node) throws IOException {
        node.crowd();
        String metrics = node.metrics();
        return metrics.contains("dmst_shed_total{reason=\"queue_full\"}")
                && metrics.contains("dmst_drift_windows_total{");
    }

    private static boolean readings(int atLeast) throws IOException {
        return prometheus
                        .query(
                                "count(count_over_time(dmst_requests_total{outcome=\"unknown_model\"}[1m]) >= %d)"
                                        .formatted(atLeast))
                        .path(0)
                        .path("value")
                        .path(1)
                        .asInt(0)
                == 2;
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable what : OPEN) {
            what.close();
        }
    }

    @Test
    void everyPanelOfWhatThereIsHasData() throws IOException {
        Set<String> names = names();
        List<String> empty = new ArrayList<>();
        for (Panel panel : dashboard.panels()) {
            for (String expression : panel.expressions()) {
                JsonNode result = asked(expression);
                boolean there = names.containsAll(Query.of(expression).metrics().keySet());
                if (there && result.valueStream().noneMatch(PrometheusIntegrationTests::number)) {
                    empty.add(panel.title() + ": " + expression + " gave " + result);
                }
            }
        }
        assertThat(empty).isEmpty();
    }

    private static boolean number(JsonNode series) {
        return Double.isFinite(Double.parseDouble(series.path("value").path(1).asString()));
    }

    private static JsonNode asked(String expression) throws IOException {
        return prometheus.query(Dashboard.withEverything(expression, WINDOW));
    }

    private static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        prometheus.names().forEach(name -> names.add(name.asString()));
        return names;
    }

    @Test
    void annotationsAndVariablesAreUnderstood() {
        assertThat(dashboard.expressions().toList())
                .hasSizeGreaterThan(40)
                .allSatisfy(expression ->
                        assertThatCode(() -> asked(expression)).doesNotThrowAnyException());
    }

    @Test
    void everySeriesThatIsReadIsThere() throws IOException {
        Set<String> names = names();
        Rules rules = Rules.read();
        Set<String> absent = new TreeSet<>();
        dashboard.expressions().forEach(e -> absent.addAll(Query.of(e).metrics().keySet()));
        rules.all().forEach(r -> absent.addAll(Query.of(r.expression()).metrics().keySet()));
        absent.removeAll(names);
        rules.records().forEach(rule -> absent.remove(rule.name()));
        absent.removeAll(Metric.ENGINE_REBUILDS.series()); // no engine is broken
        assertThat(absent).isEmpty();
    }

    /** Black squares are unlike the model's data, and are what the node has seen most of. */
    @Test
    void everyRuleIsEvaluatedAndNoneAlertsButOfTheImages() throws IOException {
        await().atMost(PATIENCE).until(() -> rules().stream().noneMatch(this::unknown));
        assertThat(rules())
                .hasSize(Rules.read().all().size())
                .allSatisfy(rule -> {
                    assertThat(rule.path("health").asString()).as(rule.toString()).isEqualTo("ok");
                    assertThat(rule.path("lastError").asString("")).isEmpty();
                });
        assertThat(
                        rules().stream()
                                .filter(rule -> rule.path("state").asString("").equals("firing"))
                                .map(rule -> rule.path("name").asString()))
                .isSubsetOf("DmstDrift");
    }

    private boolean unknown(JsonNode rule) {
        return rule.path("health").asString().equals("unknown");
    }

    private static List<JsonNode> rules() throws IOException {
        return prometheus
                .groups()
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
    }

    @Test
    void whatModelsSayOfThemselvesIsRecorded() throws IOException {
        for (String record :
                List.of("dmst:layer_coding_rate:share5m", "dmst:layer_membership_entropy:mean5m")) {
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(
                                            prometheus
                                                    .query(record)
                                                    .valueStream()
                                                    .filter(PrometheusIntegrationTests::number))
                                    .as(record)
                                    .hasSize(8));
        }
        assertThat(prometheus.query("dmst:layer_coding_rate:share5m").valueStream())
                .allSatisfy(series ->
                        assertThat(series.path("value").path(1).asDouble()).isBetween(0.01, 1.0));
    }
}
