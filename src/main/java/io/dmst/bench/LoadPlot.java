package io.dmst.bench;

import io.dmst.bench.LoadReport.Measured;
import io.dmst.bench.LoadReport.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The distribution of the latency, and the answers over time. */
final class LoadPlot {

    private static final double LEAST_MILLISECONDS = 1e-3;

    private LoadPlot() {}

    static void write(LoadReport report, Path file) throws IOException {
        Measured measured = report.measured();
        List<XYChart> charts = new ArrayList<>();
        charts.add(throughput(measured));
        if (!measured.curve().isEmpty()) {
            charts.addFirst(latency(Map.of("good answers", measured.curve())));
        }
        ReportFiles.png(file, charts);
    }

    /** Over 1/(1 − percentile), so that the tail has as much room as the middle. */
    static XYChart latency(Map<String, List<Point>> curves) {
        XYChart chart =
                ReportFiles.chart(
                        "Latency from the intended time of sending",
                        "one request of … is slower (10: p90, 100: p99, 1000: p99.9)",
                        "ms");
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        double least = Double.POSITIVE_INFINITY;
        double most = LEAST_MILLISECONDS;
        for (Map.Entry<String, List<Point>> curve : curves.entrySet()) {
            List<Point> points = curve.getValue();
            List<Double> places =
                    points.stream().map(point -> 100 / (100 - point.percentile())).toList();
            List<Double> times =
                    points.stream()
                            .map(point -> Math.max(point.milliseconds(), LEAST_MILLISECONDS))
                            .toList();
            if (!times.isEmpty()) {
                least = Math.min(least, times.getFirst());
                most = Math.max(most, times.getLast());
                chart.addSeries(curve.getKey(), places, times).setMarker(SeriesMarkers.NONE);
            }
        }
        // a logarithmic axis has labels at powers of ten alone
        chart.getStyler().setYAxisMin(powerOfTen(Math.floor(Math.log10(Math.min(least, most)))));
        chart.getStyler().setYAxisMax(powerOfTen(Math.ceil(Math.log10(most) + 1e-9)));
        return chart;
    }

    private static double powerOfTen(double exponent) {
        return Math.pow(10, exponent);
    }

    private static XYChart throughput(Measured measured) {
        XYChart chart = ReportFiles.chart("Answers in each second", "s", "answers");
        List<Integer> seconds = IntStream.range(0, measured.okPerSecond().size()).boxed().toList();
        chart.addSeries("good", seconds, measured.okPerSecond()).setMarker(SeriesMarkers.NONE);
        chart.addSeries("others", seconds, measured.failedPerSecond())
                .setMarker(SeriesMarkers.NONE);
        return chart;
    }
}
