package io.dmst.serve.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** The rules that are committed. */
record Rules(List<Rule> all) {

    static final Path FILE = Path.of("helm", "dmst", "rules", "dmst.yaml");

    /**
     * One of them.
     *
     * @param name of the series, or of the alert
     * @param after time before an alert fires, as Prometheus writes it; absent for none
     */
    record Rule(
            String group,
            String name,
            boolean alert,
            String expression,
            @Nullable String after,
            String severity,
            Map<String, String> annotations) {

        String annotation(String key) {
            return annotations.getOrDefault(key, "");
        }
    }

    static Rules read() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(FILE));
        return new Rules(
                Objects.requireNonNull(file.get("groups")).stream()
                        .flatMap(group -> rules(group))
                        .toList());
    }

    @SuppressWarnings("unchecked")
    private static Stream<Rule> rules(Map<String, Object> group) {
        String name = String.valueOf(group.get("name"));
        return ((List<Map<String, Object>>) Objects.requireNonNull(group.get("rules")))
                .stream().map(rule -> rule(name, rule));
    }

    @SuppressWarnings("unchecked")
    private static Rule rule(String group, Map<String, Object> rule) {
        boolean alert = rule.containsKey("alert");
        Map<String, String> labels = (Map<String, String>) rule.getOrDefault("labels", Map.of());
        return new Rule(
                group,
                String.valueOf(rule.get(alert ? "alert" : "record")),
                alert,
                String.valueOf(rule.get("expr")),
                (String) rule.get("for"),
                labels.getOrDefault("severity", ""),
                (Map<String, String>) rule.getOrDefault("annotations", Map.of()));
    }

    List<Rule> alerts() {
        return all.stream().filter(Rule::alert).toList();
    }

    List<Rule> records() {
        return all.stream().filter(rule -> !rule.alert()).toList();
    }
}
