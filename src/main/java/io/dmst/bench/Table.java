package io.dmst.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text in columns: the first flush left, the others flush right. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        row(heads);
    }

    /** Of times, which {@link #times(String, Percentiles)} adds. */
    static Table ofTimes() {
        return new Table("ms", "count", "mean", "p50", "p90", "p99", "p99.9", "max");
    }

    /** Adds a row of times, in milliseconds; none where nothing was counted. */
    Table times(String name, Percentiles times) {
        return times.count() == 0
                ? this
                : row(
                        name,
                        String.valueOf(times.count()),
                        milliseconds(times.mean()),
                        milliseconds(times.p50()),
                        milliseconds(times.p90()),
                        milliseconds(times.p99()),
                        milliseconds(times.p999()),
                        milliseconds(times.max()));
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Adds a row. */
    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, each with its end. */
    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(width(column) - cell.length());
                line.append(column == 0 ? cell + padding : "  " + padding + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
