package io.dmst.serve.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard that is committed. */
record Dashboard(JsonNode json) {

    private static final Path FILE = Path.of("helm", "dmst", "dashboards", "dmst.json");

    /**
     * One of its panels that shows data.
     *
     * @param expressions of its queries, with the dashboard's variables in them
     */
    record Panel(JsonNode json, List<String> expressions) {

        String title() {
            return json.path("title").asString();
        }

        String type() {
            return json.path("type").asString();
        }

        JsonNode place() {
            return json.path("gridPos");
        }
    }

    static Dashboard read() throws IOException {
        return new Dashboard(JsonMapper.shared().readTree(Files.readString(FILE)));
    }

    /** Rows apart. */
    List<Panel> panels() {
        return json.path("panels")
                .valueStream()
                .filter(panel -> !panel.path("type").asString().equals("row"))
                .map(panel -> new Panel(panel, expressions(panel.path("targets"))))
                .toList();
    }

    private static List<String> expressions(JsonNode targets) {
        return targets.valueStream().map(target -> target.path("expr").asString()).toList();
    }

    /** What asks Prometheus beside the panels: annotations. */
    List<String> annotations() {
        return json.path("annotations")
                .path("list")
                .valueStream()
                .map(annotation -> annotation.path("expr").asString(""))
                .filter(expression -> !expression.isEmpty())
                .toList();
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    /** Expressions of panels, annotations and variables. */
    Stream<String> expressions() {
        return Stream.of(
                        panels().stream().flatMap(panel -> panel.expressions().stream()),
                        annotations().stream(),
                        variables().stream()
                                .map(variable -> variable.path("query").path("query").asString(""))
                                .filter(query -> query.startsWith("label_values("))
                                .map(Dashboard::selector))
                .flatMap(expressions -> expressions);
    }

    /** As an expression: {@code label_values(metric, label)} reads a metric by a label. */
    private static String selector(String query) {
        String inside = query.substring(query.indexOf('(') + 1, query.lastIndexOf(')'));
        int comma = inside.lastIndexOf(',');
        return "count by (%s) (%s)"
                .formatted(inside.substring(comma + 1).strip(), inside.substring(0, comma));
    }

    /** An expression as Grafana sends it where everything is chosen. */
    static String withEverything(String expression, String rateInterval) {
        return expression
                .replace("$__rate_interval", rateInterval)
                .replace("$__range", rateInterval)
                .replaceAll("\\$(namespace|model)\\b", ".*")
                .replaceAll("\\$(job|instance)\\b", ".+");
    }
}
