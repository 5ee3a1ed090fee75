package io.dmst.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The values of the chart and their meanings, from {@code values.yaml} and its comments. */
final class ValuesTable {

    private static final Pattern COMMENT = Pattern.compile(" *# -- (.*)");
    private static final Pattern KEY = Pattern.compile("( *)(\\w+):.*");

    private ValuesTable() {}

    /**
     * One value.
     *
     * @param key with dots
     * @param standard as JSON
     * @param meaning the comment above it
     */
    record Row(String key, String standard, String meaning) {

        private String markdown() {
            return "| `%s` | `%s` | %s |\n".formatted(key, standard, meaning.replace("|", "\\|"));
        }
    }

    /** Every value with a comment, in the file's order. */
    static List<Row> rows(Path file) throws IOException {
        JsonNode values = Release.tree(Files.readString(file));
        List<Row> rows = new ArrayList<>();
        List<String> path = new ArrayList<>();
        String meaning = "";
        for (String line : Files.readAllLines(file)) {
            Matcher comment = COMMENT.matcher(line);
            Matcher key = KEY.matcher(line);
            if (comment.matches()) {
                meaning = comment.group(1);
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                if (!meaning.isEmpty() || depth <= path.size()) {
                    path.subList(Math.min(depth, path.size()), path.size()).clear();
                }
                path.add(key.group(2));
                if (!meaning.isEmpty()) {
                    rows.add(row(path, values, meaning));
                    meaning = "";
                }
            }
        }
        return rows;
    }

    private static Row row(List<String> path, JsonNode values, String meaning) {
        JsonNode value = values;
        for (String key : path) {
            value = value.required(key);
        }
        return new Row(String.join(".", path), value.toString(), meaning);
    }

    static String markdown(List<Row> rows) {
        return "| value | default | meaning |\n|---|---|---|\n"
                + rows.stream().map(Row::markdown).collect(Collectors.joining());
    }
}
