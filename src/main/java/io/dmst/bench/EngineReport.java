package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;

/**
 * What {@link EngineBench} has measured.
 *
 * @param machine where and when
 * @param model its name
 * @param digest of its weights and configuration
 * @param engine that computed
 * @param threads of one run; 0 for as many as are found worthwhile at the start
 * @param workers that ran at a time
 * @param batches in the order of their measurement
 */
public record EngineReport(
        Machine machine,
        String model,
        String digest,
        String engine,
        int threads,
        int workers,
        List<Batch> batches) {

    public EngineReport {
        batches = List.copyOf(batches);
    }

    /**
     * One batch size.
     *
     * @param size images per run
     * @param variants in the order in which they were run
     */
    public record Batch(int size, List<Variant> variants) {

        public Batch {
            variants = List.copyOf(variants);
        }
    }

    /**
     * One way of using the engine.
     *
     * @param name what it does
     * @param milliseconds of a run, whatever its batch size
     * @param imagesPerSecond of all workers together, from the median
     * @param ratio of its time to that of a plain classification in the same round
     */
    public record Variant(
            String name, Estimate milliseconds, double imagesPerSecond, Estimate ratio) {

        /**
         * From seconds.
         *
         * @param images that all workers together finish in that time
         */
        static Variant of(String name, Estimate seconds, Estimate ratio, int images) {
            return new Variant(
                    name,
                    new Estimate(
                            1e3 * seconds.median(),
                            1e3 * seconds.low(),
                            1e3 * seconds.high(),
                            seconds.samples()),
                    images / seconds.median(),
                    ratio);
        }
    }

    /** As text for a terminal. */
    public String text() {
        Table table =
                new Table("variant", "batch", "ms", "images/s", "of classify", "95 %", "rounds");
        for (Batch batch : batches) {
            for (Variant variant : batch.variants()) {
                Estimate ratio = variant.ratio();
                table.row(
                        variant.name(),
                        String.valueOf(batch.size()),
                        text("%.3f", variant.milliseconds().median()),
                        text("%.1f", variant.imagesPerSecond()),
                        text("%.3f", ratio.median()),
                        text("%.3f–%.3f", ratio.low(), ratio.high()),
                        String.valueOf(ratio.samples()));
            }
        }
        return "%s\n%s, %s, threads %d, workers %d\n%s"
                .formatted(
                        machine.line(),
                        model,
                        engine.toLowerCase(Locale.ROOT),
                        threads,
                        workers,
                        table);
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the ratios over the batch sizes, with their intervals. */
    public void writePlot(Path file) throws IOException {
        XYChart chart = ReportFiles.chart("Time of " + model, "batch", "of a classification");
        for (int i = 0; i < batches.getFirst().variants().size(); i++) {
            List<Double> sizes = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            List<Double> errors = new ArrayList<>();
            for (Batch batch : batches) {
                Estimate ratio = batch.variants().get(i).ratio();
                sizes.add((double) batch.size());
                ratios.add(ratio.median());
                errors.add(Math.max(ratio.high() - ratio.median(), ratio.median() - ratio.low()));
            }
            chart.addSeries(batches.getFirst().variants().get(i).name(), sizes, ratios, errors);
        }
        ReportFiles.png(file, List.of(chart));
    }
}
