package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What {@link OverheadBench} has measured.
 *
 * @param machine that client and server shared
 * @param saturation of the server by this client
 * @param rate requests per second of the measurement
 * @param serverMilliseconds of computing per request, in the server's process
 * @param clientMilliseconds of the same, in the client's
 * @param measured what the client saw
 */
public record OverheadReport(
        Machine machine,
        Saturation saturation,
        double rate,
        double serverMilliseconds,
        double clientMilliseconds,
        LoadReport.Measured measured) {

    private LoadReport load() {
        return new LoadReport(
                machine,
                List.of("the identity model"),
                new LoadReport.Asked("classify", rate, null, null, 1),
                saturation,
                measured);
    }

    /** As text for a terminal. */
    public String text() {
        return load().text()
                + String.format(
                        Locale.ROOT,
                        "processor time per request: server %.3f ms, this client %.3f ms%n",
                        serverMilliseconds,
                        clientMilliseconds);
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the distribution of the latency and the throughput over time. */
    public void writePlot(Path file) throws IOException {
        LoadPlot.write(load(), file);
    }
}
