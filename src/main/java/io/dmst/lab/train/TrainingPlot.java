package io.dmst.lab.train;

import io.dmst.core.math.CodingRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * {@code training.png}: loss, accuracy, and per layer membership entropy, usage of the busiest and
 * the idlest group, and R_c^var, over the epochs.
 */
final class TrainingPlot {

    private static final int WIDTH = 620;
    private static final int HEIGHT = 380;

    private final List<Map<String, String>> rows;

    private TrainingPlot(List<Map<String, String>> rows) {
        this.rows = rows;
    }

    static void write(Path out, List<Map<String, String>> rows) throws IOException {
        TrainingPlot plot = new TrainingPlot(rows);
        List<XYChart> charts = new ArrayList<>();
        charts.add(plot.chart("Loss", "nats", List.of("train_loss", "validation_loss")));
        charts.add(
                plot.chart("Accuracy", "share", List.of("train_accuracy", "validation_accuracy")));
        int layers = plot.layers();
        if (layers > 0) {
            charts.add(plot.perLayer("Membership entropy", "nats", "entropy", layers));
            charts.add(plot.usage(layers));
            String scale =
                    "R_c^var (unit mean squared norm, ε² = %s)"
                            .formatted(CodingRate.EPSILON_SQUARED);
            charts.add(plot.perLayer(scale, "nats", "compression", layers));
            charts.add(plot.chart("Learning rate", "", List.of("learning_rate")));
        }
        String file = out.resolve("training.png").toString();
        BitmapEncoder.saveBitmap(charts, charts.size() / 2, 2, file, BitmapFormat.PNG);
    }

    private int layers() {
        int layers = 0;
        while (has("layer." + layers + ".entropy")) {
            layers++;
        }
        return layers;
    }

    private boolean has(String column) {
        return rows.stream().anyMatch(row -> !row.getOrDefault(column, "").isEmpty());
    }

    private XYChart chart(String title, String unit, List<String> columns) {
        XYChart chart = empty(title, unit);
        for (String column : columns) {
            add(chart, column.replace('_', ' '), List.of(column), true);
        }
        return chart;
    }

    private XYChart perLayer(String title, String unit, String statistic, int layers) {
        XYChart chart = empty(title, unit);
        for (int layer = 0; layer < layers; layer++) {
            add(chart, "layer " + layer, List.of("layer.%d.%s".formatted(layer, statistic)), true);
        }
        return chart;
    }

    private XYChart usage(int layers) {
        XYChart chart = empty("Usage of the busiest and the idlest group", "share of tokens");
        for (int layer = 0; layer < layers; layer++) {
            List<String> groups = new ArrayList<>();
            while (has("layer.%d.usage.%d".formatted(layer, groups.size()))) {
                groups.add("layer.%d.usage.%d".formatted(layer, groups.size()));
            }
            add(chart, "layer %d busiest".formatted(layer), groups, true);
            add(chart, "layer %d idlest".formatted(layer), groups, false);
        }
        return chart;
    }

    private static XYChart empty(String title, String unit) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle("epoch")
                        .yAxisTitle(unit)
                        .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        return chart;
    }

    /** A line of the largest (or the smallest) of some columns. */
    private void add(XYChart chart, String name, List<String> columns, boolean largest) {
        List<Double> epochs = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (Map<String, String> row : rows) {
            double[] cells =
                    columns.stream()
                            .map(column -> row.getOrDefault(column, ""))
                            .filter(cell -> !cell.isEmpty())
                            .mapToDouble(Double::parseDouble)
                            .sorted()
                            .toArray();
            if (cells.length > 0) {
                epochs.add(Double.parseDouble(row.getOrDefault("epoch", "0")));
                values.add(largest ? cells[cells.length - 1] : cells[0]);
            }
        }
        if (!epochs.isEmpty()) {
            chart.addSeries(name, epochs, values).setMarker(SeriesMarkers.CIRCLE);
        }
    }
}
