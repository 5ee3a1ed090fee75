package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link OverheadBench} has measured.
 *
 * @param machine of client and server
 * @param rows in the order of the measurement
 */
public record OverheadReport(Machine machine, List<Row> rows) {

    public OverheadReport {
        rows = List.copyOf(rows);
    }

    /**
     * One protocol.
     *
     * @param protocol its name
     * @param saturation of the server by this client
     * @param rate requests per second of the measurement
     * @param serverMilliseconds of computing per request, in the server's process
     * @param clientMilliseconds of the same, in the client's
     * @param measured what the client saw
     */
    public record Row(
            String protocol,
            Saturation saturation,
            double rate,
            double serverMilliseconds,
            double clientMilliseconds,
            LoadReport.Measured measured) {}

    private LoadReport load(Row row) {
        return new LoadReport(
                machine,
                List.of("the identity model, " + row.protocol()),
                new LoadReport.Asked("classify", row.rate(), null, null, 1),
                row.saturation(),
                row.measured());
    }

    /** As text for a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(load(row).text()).append('\n'));
        Table table =
                new Table("", "saturation/s", "at/s", "p50 ms", "p99 ms", "server ms", "client ms");
        for (Row row : rows) {
            Percentiles latency = row.measured().latency();
            table.row(
                    row.protocol(),
                    number("%.0f", row.saturation().rate()),
                    number("%.0f", row.rate()),
                    number("%.3f", latency.p50()),
                    number("%.3f", latency.p99()),
                    number("%.3f", row.serverMilliseconds()),
                    number("%.3f", row.clientMilliseconds()));
        }
        return text.append(table)
                .append("server and client: processor time per request\n")
                .toString();
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the distributions of the latency. */
    public void writePlot(Path file) throws IOException {
        Map<String, List<LoadReport.Point>> curves = new LinkedHashMap<>();
        rows.forEach(row -> curves.put(row.protocol(), row.measured().curve()));
        ReportFiles.png(file, List.of(LoadPlot.latency(curves)));
    }
}
