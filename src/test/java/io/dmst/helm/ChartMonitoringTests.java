package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prometheus finds every pod once, and has the rules and the dashboard of the chart. */
class ChartMonitoringTests {

    private static final String RULES = "metrics: {prometheusRule: {enabled: true}}";
    private static final String DASHBOARD = "metrics: {dashboard: {enabled: true}}";
    private static final Pattern METRIC = Pattern.compile("\\bdmst_\\w+");

    @TempDir Path directory = Path.of("");

    @Test
    void everyPodIsScrapedOnceAndNotThroughItsService() {
        for (String mode : List.of("remote", "local")) {
            Release release =
                    Chart.render(
                            "{mode: %s, metrics: {serviceMonitor: {enabled: true}}}"
                                    .formatted(mode));
            JsonNode monitor = release.of("ServiceMonitor").findFirst().orElseThrow();
            assertThat(monitor.at("/spec/endpoints/0/path").asString())
                    .isEqualTo("/actuator/prometheus");
            List<String> scraped = new ArrayList<>();
            release.services().stream()
                    .filter(service -> selects(monitor, service.getMetadata().getLabels()))
                    .forEach(service ->
                            scraped.add(
                                    service.getSpec()
                                            .getSelector()
                                            .get("app.kubernetes.io/component")));
            List<String> tiers =
                    release.pods().stream()
                            .map(pod ->
                                    pod.getMetadata()
                                            .getLabels()
                                            .get("app.kubernetes.io/component"))
                            .toList();
            assertThat(scraped).containsExactlyInAnyOrderElementsOf(tiers);
            String port = monitor.at("/spec/endpoints/0/targetPort").asString();
            assertThat(tiers)
                    .allSatisfy(tier ->
                            assertThat(release.container(tier).getPorts())
                                    .extracting(ContainerPort::getName)
                                    .contains(port));
        }
    }

    private static boolean selects(JsonNode monitor, Map<String, String> labels) {
        JsonNode component = monitor.at("/spec/selector/matchExpressions/0");
        return monitor.at("/spec/selector/matchLabels")
                        .propertyStream()
                        .allMatch(label ->
                                label.getValue().asString().equals(labels.get(label.getKey())))
                && component
                        .path("values")
                        .valueStream()
                        .anyMatch(value ->
                                value.asString()
                                        .equals(labels.get(component.path("key").asString())));
    }

    @Test
    void withoutItsFilesTheChartSaysWhichIsMissing() throws IOException {
        Path chart = Chart.copy(directory.resolve("chart"));
        Files.deleteIfExists(chart.resolve("rules/dmst.yaml"));
        Files.deleteIfExists(chart.resolve("dashboards/dmst.json"));
        assertThatThrownBy(() -> Chart.render(chart, "demo", RULES))
                .hasMessageContaining("lacks rules/dmst.yaml");
        assertThatThrownBy(() -> Chart.render(chart, "demo", DASHBOARD))
                .hasMessageContaining("lacks dashboards/dmst.json");
    }

    @Test
    void rulesAndDashboardAreTheFilesOfTheChart() throws IOException {
        Path chart = Chart.copy(directory.resolve("chart"));
        Path rules = chart.resolve("rules/dmst.yaml");
        Path dashboard = chart.resolve("dashboards/dmst.json");
        if (!Files.exists(rules)) {
            Files.createDirectories(rules.getParent());
            Files.writeString(
                    rules,
                    "# rules\ngroups:\n- name: a\n  rules:\n  - {record: b, expr: 'c{d=\"{{ $labels.e }}\"}'}\n");
        }
        if (!Files.exists(dashboard)) {
            Files.createDirectories(dashboard.getParent());
            Files.writeString(dashboard, "{\"title\": \"{{ pod }}\"}\n");
        }
        JsonNode rule =
                Chart.render(chart, "demo", RULES).of("PrometheusRule").findFirst().orElseThrow();
        assertThat(Validity.faults(rule)).isEmpty();
        assertThat(rule.path("spec")).isEqualTo(Release.tree(Files.readString(rules)));
        ConfigMap map = Chart.render(chart, "demo", DASHBOARD).one(ConfigMap.class, "-dashboard");
        assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        assertThat(JsonMapper.shared().readTree(map.getData().get("dmst.json")))
                .isEqualTo(JsonMapper.shared().readTree(Files.readString(dashboard)));
    }

    @Test
    void whatScalesAsksForMetricsThatAreOurs() {
        List<String> ours =
                Stream.of(io.dmst.serve.metrics.Metric.values())
                        .map(io.dmst.serve.metrics.Metric::prometheusName)
                        .toList();
        JsonNode triggers =
                Chart.render(Situations.values().get("scaled by KEDA"))
                        .of("ScaledObject")
                        .findFirst()
                        .orElseThrow()
                        .at("/spec/triggers");
        assertThat(triggers)
                .hasSize(2)
                .allSatisfy(trigger ->
                        assertThat(
                                        METRIC.matcher(trigger.at("/metadata/query").asString())
                                                .results())
                                .isNotEmpty()
                                .allSatisfy(metric ->
                                        assertThat(ours)
                                                .contains(metric.group().replaceAll("_sum$", ""))));
    }
}
