package io.dmst.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Measurements as files. */
final class ReportFiles {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private ReportFiles() {}

    /** Writes a report's records with their components' names in snake case. */
    static void json(Path file, Object report) throws IOException {
        makeFolder(file);
        Files.writeString(file, JSON.writeValueAsString(report) + "\n");
    }

    /** Writes charts below each other. */
    static void png(Path file, List<XYChart> charts) throws IOException {
        makeFolder(file);
        BitmapEncoder.saveBitmap(charts, charts.size(), 1, file.toString(), BitmapFormat.PNG);
    }

    /**
     * Draws what each round of a measurement brought.
     *
     * @param lines values by name, a line for each in the map's order, all of as many rounds
     */
    static void rounds(Path file, String title, String unit, Map<String, List<Double>> lines)
            throws IOException {
        XYChart chart = chart(title, "round", unit);
        lines.forEach((name, values) ->
                chart.addSeries(
                                name,
                                IntStream.rangeClosed(1, values.size()).boxed().toList(),
                                values)
                        .setMarker(SeriesMarkers.CIRCLE));
        chart.getStyler().setYAxisMin(0.0);
        png(file, List.of(chart));
    }

    /** A chart without lines yet. */
    static XYChart chart(String title, String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(900)
                        .height(420)
                        .title(title)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static void makeFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }
}
