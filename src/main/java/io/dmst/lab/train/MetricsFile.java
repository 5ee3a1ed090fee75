package io.dmst.lab.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code metrics.csv}: one line per epoch. Per layer i it has {@code layer.i.entropy}, {@code
 * layer.i.compression} and {@code layer.i.usage.k}.
 */
final class MetricsFile {

    private static final String NAME = "metrics.csv";

    private final Path file;
    private final List<Map<String, String>> rows = new ArrayList<>();

    /**
     * Starts or continues a file.
     *
     * @param out directory of the training
     * @param epochs epochs that count: later lines of a killed run are dropped
     */
    MetricsFile(Path out, int epochs) throws IOException {
        this.file = out.resolve(NAME);
        if (epochs > 0 && Files.exists(file)) {
            rows.addAll(read(Files.readAllLines(file), epochs));
        }
    }

    private static List<Map<String, String>> read(List<String> lines, int epochs) {
        List<Map<String, String>> rows = new ArrayList<>();
        String[] names = lines.getFirst().split(",", -1);
        for (String line : lines.subList(1, Math.min(lines.size(), epochs + 1))) {
            String[] values = line.split(",", -1);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < names.length && i < values.length; i++) {
                row.put(names[i], values[i]);
            }
            rows.add(row);
        }
        return rows;
    }

    /** Appends an epoch. */
    void add(EpochResult result) throws IOException {
        rows.add(row(result));
        List<String> columns =
                rows.stream().flatMap(row -> row.keySet().stream()).distinct().toList();
        List<String> lines = new ArrayList<>();
        lines.add(String.join(",", columns));
        for (Map<String, String> row : rows) {
            lines.add(
                    String.join(",", columns.stream().map(c -> row.getOrDefault(c, "")).toList()));
        }
        Path draft = file.resolveSibling(NAME + ".draft");
        Files.write(draft, lines);
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, String> row(EpochResult result) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("epoch", Integer.toString(result.epoch()));
        row.put("step", Long.toString(result.steps()));
        row.put("learning_rate", number(result.learningRate()));
        row.put("train_loss", number(result.trainLoss()));
        row.put("train_accuracy", number(result.trainAccuracy()));
        row.put("gradient_norm", number(result.gradientNorm()));
        row.put("images_per_second", number(result.imagesPerSecond()));
        ResidentMemory memory = ResidentMemory.now();
        row.put("heap_mebibytes", Long.toString(memory.heap() >> 20));
        memory.resident()
                .ifPresent(bytes -> row.put("resident_mebibytes", Long.toString(bytes >> 20)));
        result.evaluation().ifPresent(evaluation -> add(row, evaluation));
        return row;
    }

    private static void add(Map<String, String> row, Evaluation evaluation) {
        row.put("validation_loss", number(evaluation.loss()));
        row.put("validation_accuracy", number(evaluation.accuracy()));
        row.put("validation_balanced_accuracy", number(evaluation.balancedAccuracy()));
        for (int i = 0; i < evaluation.layers().size(); i++) {
            LayerMeasures layer = evaluation.layers().get(i);
            row.put("layer." + i + ".entropy", number(layer.entropy()));
            row.put("layer." + i + ".compression", number(layer.compression()));
            for (int k = 0; k < layer.usage().length; k++) {
                row.put("layer." + i + ".usage." + k, number(layer.usage()[k]));
            }
        }
    }

    /** Loss and accuracy of the epochs that were evaluated. */
    List<Evaluation> evaluations() {
        return rows.stream()
                .filter(row -> !row.getOrDefault("validation_accuracy", "").isEmpty())
                .map(row ->
                        new Evaluation(
                                0,
                                value(row, "validation_loss"),
                                value(row, "validation_accuracy"),
                                value(row, "validation_balanced_accuracy"),
                                List.of()))
                .toList();
    }

    private static double value(Map<String, String> row, String column) {
        return Double.parseDouble(row.getOrDefault(column, "NaN"));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.9g", value);
    }

    /** The epochs so far, by column. */
    List<Map<String, String>> rows() {
        return List.copyOf(rows);
    }
}
