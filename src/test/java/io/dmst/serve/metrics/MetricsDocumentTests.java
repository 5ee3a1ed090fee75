package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/reference/metrics.md} lists every metric and {@code docs/reference/alerts.md} every
 * alert, as they are; {@code -Ddocs.update=true} writes their tables anew.
 */
class MetricsDocumentTests {

    private static final String BEGIN = "<!-- table: written by MetricsDocumentTests -->\n";

    @Test
    void everyMetricIsListedAsItIs() throws IOException {
        Map<Metric, String> texts = MetricTexts.read();
        assertCurrent(
                Path.of("docs", "reference", "metrics.md"),
                "| metric | type | unit | labels | |\n|---|---|---|---|---|\n",
                Arrays.stream(Metric.values())
                        .map(metric -> row(metric, Objects.requireNonNull(texts.get(metric)))));
    }

    private static String row(Metric metric, String text) {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        metric.prometheusName(),
                        metric.type(),
                        metric.unit(),
                        metric.labels().stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(" ")),
                        text);
    }

    @Test
    void everyAlertIsListedAsItIs() throws IOException {
        assertCurrent(
                Path.of("docs", "reference", "alerts.md"),
                "| alert | severity | fires | what to do |\n|---|---|---|---|\n",
                Rules.read().alerts().stream().map(MetricsDocumentTests::row));
    }

    private static String row(Rules.Rule alert) {
        return "| `%s` | %s | %s: `%s` | %s |"
                .formatted(
                        alert.name(),
                        alert.severity(),
                        alert.after() == null ? "at once" : "after " + alert.after(),
                        alert.expression().replaceAll("\\s+", " ").strip().replace("|", "\\|"),
                        alert.annotation("description")
                                .replaceAll("\\{\\{ \\$labels\\.(\\w+) \\}\\}", "*$1*")
                                .strip());
    }

    private static void assertCurrent(Path document, String head, Stream<String> rows)
            throws IOException {
        String table = BEGIN + head + rows.map(row -> row + "\n").collect(Collectors.joining());
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf("\n\n", begin) + 1;
        assertThat(begin).as("%s has no place for its table", document).isNotNegative();
        if (Boolean.getBoolean("docs.update")) {
            text = text.substring(0, begin) + table + text.substring(end);
            Files.writeString(document, text);
            end = begin + table.length();
        }
        assertThat(text.substring(begin, end))
                .as("%s is out of date: run this test with -Ddocs.update=true", document)
                .isEqualTo(table);
    }
}
