package io.dmst.lab.study;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tools.jackson.databind.JsonNode;

/**
 * The plots of a study: of every part {@code PART.png} with coding rates over the blocks (means
 * over the seeds; dashed: untrained), R_c^var of the last block and the training loss over the
 * epochs, and accuracy by seed; and {@code cost.png}. A plot without a value is not written.
 *
 * @param results that they show
 */
record StudyPlots(StudyResults results) {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;

    /** Told apart by colour-blind readers too (Okabe and Ito). */
    private static final List<Color> COLOURS =
            List.of(new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73), Color.DARK_GRAY);

    /** A value of a line of results at each step, such as a block or an epoch. */
    @FunctionalInterface
    private interface Curve {
        List<Double> of(JsonNode line);
    }

    /** Writes all into a directory. */
    void write(Path directory) throws IOException {
        for (StudyPart part : results.plan().parts()) {
            List<XYChart> charts = new ArrayList<>();
            charts.add(rates(part, "rate", "R of unit tokens"));
            charts.add(rates(part, "compression", "R_c of unit tokens"));
            charts.add(rates(part, "variational", "R_c^var of projected tokens"));
            charts.add(over(part, "R_c^var of the last block", "nats", StudyPlots::lastBlock));
            charts.add(over(part, "Training loss", "nats", line -> column(line, "train_loss")));
            charts.add(accuracy(part));
            save(directory.resolve(part.name() + ".png"), charts);
        }
        save(directory.resolve("cost.png"), List.of(time()));
    }

    private static void save(Path file, List<XYChart> charts) throws IOException {
        List<XYChart> filled =
                charts.stream().filter(chart -> !chart.getSeriesCollection().isEmpty()).toList();
        if (!filled.isEmpty()) {
            int rows = (filled.size() + 1) / 2;
            int columns = filled.size() == 1 ? 1 : 2;
            BitmapEncoder.saveBitmap(filled, rows, columns, file.toString(), BitmapFormat.PNG);
        }
    }

    private XYChart rates(StudyPart part, String functional, String title) {
        XYChart chart = chart(title, "block", "nats");
        each((arm, colour) -> {
            means(
                            part,
                            arm,
                            StudyResults.RATES,
                            line -> StudyMeasure.numbers(line.path("trained").path(functional)))
                    .ifPresent(values -> add(chart, arm, values, colour));
            means(
                            part,
                            arm,
                            StudyResults.RATES,
                            line -> StudyMeasure.numbers(line.path("untrained").path(functional)))
                    .ifPresent(values -> dashed(add(chart, arm + ", untrained", values, colour)));
        });
        return chart;
    }

    private XYChart over(StudyPart part, String title, String unit, Curve curve) {
        XYChart chart = chart(title, "epoch", unit);
        each((arm, colour) ->
                means(part, arm, PlannedRun.Kind.RUN.word(), curve)
                        .ifPresent(values -> add(chart, arm, values, colour)));
        return chart;
    }

    private static List<Double> lastBlock(JsonNode line) {
        List<Double> values = new ArrayList<>();
        for (JsonNode epoch : line.path("epochs")) {
            List<Double> blocks = StudyMeasure.numbers(epoch.path("variational"));
            if (!blocks.isEmpty()) {
                values.add(blocks.getLast());
            }
        }
        return values;
    }

    private static List<Double> column(JsonNode line, String column) {
        List<Double> values = new ArrayList<>();
        for (JsonNode epoch : line.path("epochs")) {
            if (epoch.has(column)) {
                values.add(epoch.path(column).asDouble());
            }
        }
        return values;
    }

    private XYChart accuracy(StudyPart part) {
        XYChart chart = chart("Accuracy", "seed", "% of the test images");
        each((arm, colour) -> {
            Map<Double, Double> bySeed = new TreeMap<>();
            part.seeds()
                    .forEach(seed ->
                            results.value(part.name(), arm, seed, "accuracy")
                                    .ifPresent(value -> bySeed.put((double) seed, value)));
            if (!bySeed.isEmpty()) {
                line(chart, arm, List.copyOf(bySeed.keySet()), List.copyOf(bySeed.values()), colour)
                        .setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
            }
        });
        return chart;
    }

    private XYChart time() {
        XYChart chart = chart("Forward pass, one thread", "tokens of an image", "µs a token");
        List<Integer> tokens = results.plan().cost().map(CostPlan::tokens).orElse(List.of());
        StudyTables tables = new StudyTables(results);
        each((arm, colour) -> {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int count : tokens) {
                tables.time(arm, count)
                        .ifPresent(time -> {
                            x.add((double) count);
                            y.add(time);
                        });
            }
            if (!x.isEmpty()) {
                line(chart, arm, x, y, colour);
            }
        });
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        return chart;
    }

    /** Means over the seeds, as far as the shortest goes. */
    private Optional<List<Double>> means(StudyPart part, String arm, String kind, Curve curve) {
        List<List<Double>> all =
                part.seeds().stream()
                        .map(seed -> "%s-%s-%d".formatted(part.name(), arm, seed))
                        .flatMap(id -> results.line(kind, id).stream())
                        .map(curve::of)
                        .filter(values -> !values.isEmpty())
                        .toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        int length = all.stream().mapToInt(List::size).min().orElse(0);
        return Optional.of(
                IntStream.range(0, length)
                        .mapToObj(i -> all.stream().mapToDouble(values -> values.get(i)).average())
                        .map(mean -> mean.orElse(Double.NaN))
                        .toList());
    }

    /** Draws an arm in its colour. */
    @FunctionalInterface
    private interface OfArm {
        void draw(String arm, Color colour);
    }

    private void each(OfArm of) {
        int number = 0;
        for (String arm : results.plan().arms().keySet()) {
            of.draw(arm, COLOURS.get(number++ % COLOURS.size()));
        }
    }

    private static XYSeries add(XYChart chart, String name, List<Double> values, Color colour) {
        List<Double> x = IntStream.rangeClosed(1, values.size()).mapToObj(i -> (double) i).toList();
        return line(chart, name, x, values, colour);
    }

    private static XYSeries line(
            XYChart chart, String name, List<Double> x, List<Double> y, Color colour) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(colour);
        series.setMarkerColor(colour);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setLineWidth(1.5f);
        return series;
    }

    private static void dashed(XYSeries series) {
        series.setLineStyle(
                new BasicStroke(
                        1.2f,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_BEVEL,
                        1,
                        new float[] {4, 4},
                        0));
        series.setMarker(SeriesMarkers.NONE);
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        XYStyler style = chart.getStyler();
        style.setPlotGridLinesColor(new Color(0xe4e4e4));
        style.setMarkerSize(4);
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendBorderColor(Color.WHITE);
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        return chart;
    }
}
