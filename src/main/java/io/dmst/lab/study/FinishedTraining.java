package io.dmst.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a training has left in its directory: {@code result.json}, whole, and of {@code metrics.csv}
 * the loss, the accuracies and R_c^var of every block after every epoch.
 */
final class FinishedTraining {

    static final String RESULT = "result.json";

    private static final String METRICS = "metrics.csv";
    private static final Pattern COMPRESSION = Pattern.compile("layer\\.(\\d+)\\.compression");
    private static final Pattern SHOWN = Pattern.compile("epoch|.*_(loss|accuracy)");
    private static final JsonMapper JSON = new JsonMapper();

    private FinishedTraining() {}

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(RESULT));
    }

    /**
     * Reads {@code result.json}.
     *
     * @throws IOException if it is absent, no JSON object, or without an accuracy on test images
     */
    static JsonNode result(Path directory) throws IOException {
        Path file = directory.resolve(RESULT);
        JsonNode result;
        try {
            result = JSON.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new IOException(file + ": expected JSON, got " + e.getOriginalMessage(), e);
        }
        for (String set : List.of("test", "validation")) {
            if (!result.path(set).path("accuracy").isNumber()) {
                throw new IOException(
                        "%s: expected a number %s.accuracy; train with --validation so that there is one"
                                .formatted(file, set));
            }
        }
        return result;
    }

    /**
     * The epochs of {@code metrics.csv}.
     *
     * @return by column; {@code variational} has R_c^var of every block
     * @throws IOException if it cannot be read, or a value is no number
     */
    static List<Map<String, Object>> epochs(Path directory) throws IOException {
        Path file = directory.resolve(METRICS);
        List<String> lines = Files.readAllLines(file);
        String[] names = lines.getFirst().split(",", -1);
        List<Map<String, Object>> epochs = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            epochs.add(epoch(file, names, line.split(",", -1)));
        }
        return epochs;
    }

    private static Map<String, Object> epoch(Path file, String[] names, String[] values)
            throws IOException {
        Map<String, Object> epoch = new LinkedHashMap<>();
        Map<Integer, Double> variational = new TreeMap<>();
        for (int i = 0; i < Math.min(names.length, values.length); i++) {
            if (values[i].isEmpty()) {
                continue;
            }
            Matcher block = COMPRESSION.matcher(names[i]);
            if (block.matches()) {
                variational.put(
                        Integer.parseInt(block.group(1)), number(file, names[i], values[i]));
            } else if (SHOWN.matcher(names[i]).matches()) {
                epoch.put(names[i], number(file, names[i], values[i]));
            }
        }
        if (!variational.isEmpty()) {
            epoch.put("variational", List.copyOf(variational.values()));
        }
        return epoch;
    }

    private static double number(Path file, String column, String value) throws IOException {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IOException(
                    "%s: expected a number in column %s, got '%s'".formatted(file, column, value),
                    e);
        }
    }
}
