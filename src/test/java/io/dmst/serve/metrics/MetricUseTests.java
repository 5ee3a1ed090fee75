package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.FailureCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What dashboard and rules read is there: our metrics, their labels, and the labels' values. */
class MetricUseTests {

    /** Labels that Prometheus gives to everything of a target. */
    private static final Set<String> OF_TARGETS = Set.of("namespace", "job", "instance");

    private final Dashboard dashboard = Dashboard.read();
    private final Rules rules = Rules.read();
    private final Map<String, Metric> series = new HashMap<>();

    MetricUseTests() throws IOException {
        for (Metric metric : Metric.values()) {
            metric.series().forEach(name -> series.put(name, metric));
        }
    }

    private Stream<String> expressions() {
        return Stream.concat(
                dashboard.expressions(), rules.all().stream().map(Rules.Rule::expression));
    }

    private Stream<Map.Entry<String, Map<String, Set<String>>>> ours() {
        return expressions()
                .flatMap(expression -> Query.of(expression).metrics().entrySet().stream())
                .filter(use -> use.getKey().startsWith("dmst"));
    }

    @Test
    void everySeriesOfOursThatIsReadIsAMetricOrARecord() {
        Set<String> known = new TreeSet<>(series.keySet());
        rules.records().forEach(rule -> known.add(rule.name()));
        assertThat(ours().map(Map.Entry::getKey)).isNotEmpty().allMatch(known::contains);
    }

    @Test
    void everyLabelThatIsMatchedIsOneOfTheMetric() {
        assertThat(ours().filter(use -> series.containsKey(use.getKey())))
                .isNotEmpty()
                .allSatisfy(use -> {
                    Set<String> labels = new HashSet<>(OF_TARGETS);
                    labels.addAll(metric(use.getKey()).labels());
                    if (use.getKey().endsWith("_bucket")) {
                        labels.add("le");
                    }
                    assertThat(labels).as(use.getKey()).containsAll(use.getValue().keySet());
                });
    }

    @Test
    void everyLabelThatIsGroupedByIsOneOfWhatIsRead() {
        assertThat(expressions().map(Query::of))
                .allSatisfy(query -> {
                    Set<String> labels = new HashSet<>(OF_TARGETS);
                    // of series that are not ours, and of those that rules make of ours
                    labels.addAll(List.of("le", "level", "alertname", "severity", "operation"));
                    query.metrics().keySet().stream()
                            .filter(series::containsKey)
                            .forEach(name -> labels.addAll(metric(name).labels()));
                    assertThat(labels).as(query.toString()).containsAll(query.grouping());
                });
    }

    @Test
    void everyValueThatIsMatchedIsNamedWithTheMetric() throws IOException {
        Map<Metric, String> texts = MetricTexts.read();
        Set<String> outcomes = new TreeSet<>(Set.of("ok", "cancelled"));
        Arrays.stream(FailureCode.values())
                .map(code -> code.name().toLowerCase(Locale.ROOT))
                .forEach(outcomes::add);
        assertThat(ours().filter(use -> series.containsKey(use.getKey())))
                .allSatisfy(use -> {
                    Map<String, Set<String>> matched = new HashMap<>(use.getValue());
                    matched.keySet()
                            .removeAll(Set.of("namespace", "job", "instance", "model", "le"));
                    Metric metric = metric(use.getKey());
                    matched.forEach((label, values) ->
                            assertThat(values)
                                    .as("%s{%s}", metric, label)
                                    .allMatch(value ->
                                            label.equals("outcome")
                                                    ? outcomes.contains(value)
                                                    : String.valueOf(texts.get(metric))
                                                            .contains(value)));
                });
    }

    @Test
    void everyMetricIsOnTheDashboard() {
        Set<Metric> shown = new TreeSet<>();
        dashboard.panels().stream()
                .flatMap(panel -> panel.expressions().stream())
                .flatMap(expression -> Query.of(expression).metrics().keySet().stream())
                .filter(series::containsKey)
                .forEach(name -> shown.add(metric(name)));
        assertThat(shown).containsExactly(Metric.values());
    }

    @Test
    void everyBoundOfABucketThatIsReadIsThere() {
        Set<String> bounds = new HashSet<>();
        Arrays.stream(MeterKind.LATENCIES)
                .forEach(t -> bounds.add(String.valueOf(t.toMillis() / 1e3)));
        Arrays.stream(MeterKind.BATCHES).forEach(size -> bounds.add(String.valueOf(size)));
        Arrays.stream(MeterKind.PERCENT).forEach(percent -> bounds.add(String.valueOf(percent)));
        assertThat(ours().flatMap(use -> use.getValue().getOrDefault("le", Set.of()).stream()))
                .isNotEmpty()
                .allMatch(bounds::contains);
    }

    private Metric metric(String name) {
        Metric metric = series.get(name);
        if (metric == null) {
            throw new AssertionError("no metric " + name);
        }
        return metric;
    }
}
