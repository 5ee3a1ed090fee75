package io.dmst.bench;

import io.dmst.bench.SoakLedger.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToLongFunction;

/**
 * What {@link SoakBench} has seen.
 *
 * @param machine that client and server shared
 * @param seconds in all
 * @param warmUpSeconds of them that do not count for memory, files and threads
 * @param counts of every kind of request, by how it ended
 * @param complaints the first bad ones
 * @param samples of the server's process, one a second
 * @param sent requests, some of which their clients gave up before the server had them
 * @param counted requests that the server says it has answered; of a stream every message
 * @param heapBytes that the server's last full collection left; 0 if there was none
 */
public record SoakReport(
        Machine machine,
        long seconds,
        long warmUpSeconds,
        SortedMap<String, Map<Verdict, Long>> counts,
        List<String> complaints,
        List<ProcessUse> samples,
        long sent,
        long counted,
        double heapBytes) {

    /** What memory may grow by after the warming up. */
    static final double MOST_GROWTH = 0.03;

    /** Files and threads may differ by a few that come and go with connections. */
    static final long SOME = 8;

    /** Means over the first and the last fifth of what is measured. */
    private record Course(String name, double first, double last, long most, boolean flat) {}

    private Course course(String name, ToLongFunction<ProcessUse> what, boolean relative) {
        List<ProcessUse> measured =
                samples.subList((int) Math.min(warmUpSeconds, samples.size() - 1L), samples.size());
        int fifth = Math.max(1, measured.size() / 5);
        double first = mean(measured.subList(0, fifth), what);
        double last = mean(measured.subList(measured.size() - fifth, measured.size()), what);
        double bound = relative ? first * (1 + MOST_GROWTH) : first + SOME;
        long most = measured.stream().mapToLong(what).max().orElse(0);
        return new Course(name, first, last, most, last <= bound);
    }

    private static double mean(List<ProcessUse> samples, ToLongFunction<ProcessUse> what) {
        return samples.stream().mapToLong(what).average().orElse(0);
    }

    private List<Course> courses() {
        return List.of(
                course("resident KiB", ProcessUse::residentKib, true),
                course("open files", ProcessUse::files, false),
                course("threads", ProcessUse::threads, false));
    }

    private long count(Verdict verdict) {
        return counts.values().stream().mapToLong(some -> some.getOrDefault(verdict, 0L)).sum();
    }

    /** Whether nothing was lost, wrong or double, and nothing grew. */
    public boolean good() {
        return counted <= sent
                && count(Verdict.WRONG) + count(Verdict.DOUBLE) + count(Verdict.LOST) == 0
                && courses().stream().allMatch(Course::flat);
    }

    /** As text for a terminal. */
    public String text() {
        Table requests = new Table("", "right", "left", "wrong", "double", "lost");
        counts.forEach((kind, some) -> {
            List<String> cells = new ArrayList<>(List.of(kind));
            for (Verdict verdict : Verdict.values()) {
                cells.add(String.valueOf(some.getOrDefault(verdict, 0L)));
            }
            requests.row(cells.toArray(String[]::new));
        });
        Table process = new Table("", "first fifth", "last fifth", "growth", "most", "");
        for (Course course : courses()) {
            process.row(
                    course.name(),
                    String.format(Locale.ROOT, "%.1f", course.first()),
                    String.format(Locale.ROOT, "%.1f", course.last()),
                    String.format(
                            Locale.ROOT, "%+.2f %%", 100 * (course.last() / course.first() - 1)),
                    String.valueOf(course.most()),
                    course.flat() ? "flat" : "GROWS");
        }
        return String.format(
                Locale.ROOT,
                "%s%n%d s, of which %d s of warming up%n%s%n%s%nthe server counts %d of %d requests; %s%n%s%s%n",
                machine.line(),
                seconds,
                warmUpSeconds,
                requests,
                process,
                counted,
                sent,
                heap(),
                complaints.isEmpty() ? "" : String.join("\n", complaints) + "\n",
                good() ? "nothing was lost, nothing grows" : "FAILED");
    }

    private String heap() {
        return heapBytes > 0
                ? String.format(
                        Locale.ROOT,
                        "its heap after the last full collection: %.1f MiB",
                        heapBytes / (1 << 20))
                : "it needed no full collection";
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }
}
