package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;

/**
 * What {@link HopBench} has measured.
 *
 * @param machine of all
 * @param protocol of the client
 * @param users that asked at a time
 * @param local the service that computes itself
 * @param gateway the gateway before a node
 * @param addedP50 milliseconds that the gateway adds to the median; of each round, then the median
 * @param addedP99 the same of the 99th percentile
 * @param cpuMilliseconds processor time per request by way and process; of each round, the median
 * @param p50 milliseconds of each round by way
 */
public record HopReport(
        Machine machine,
        String protocol,
        int users,
        Way local,
        Way gateway,
        Estimate addedP50,
        Estimate addedP99,
        Map<String, Map<String, Double>> cpuMilliseconds,
        Map<String, List<Double>> p50) {

    /**
     * One way to an answer.
     *
     * @param name of it
     * @param outcomes of all rounds by code
     * @param latency of all rounds' good answers, from their sending
     */
    public record Way(String name, SortedMap<String, Long> outcomes, Percentiles latency) {}

    static HopReport of(
            Machine machine,
            HopBench.Settings settings,
            Way local,
            Way gateway,
            Map<String, List<Contest.Turn>> turns) {
        List<Contest.Turn> one = turns.getOrDefault(local.name(), List.of());
        List<Contest.Turn> two = turns.getOrDefault(gateway.name(), List.of());
        Map<String, Map<String, Double>> cpu = new LinkedHashMap<>();
        Map<String, List<Double>> medians = new LinkedHashMap<>();
        turns.forEach((name, rounds) -> {
            Map<String, Double> processes = new LinkedHashMap<>();
            rounds.getFirst()
                    .cpuMilliseconds()
                    .keySet()
                    .forEach(process ->
                            processes.put(
                                    process,
                                    median(
                                            rounds,
                                            t -> t.cpuMilliseconds().getOrDefault(process, 0.0))));
            cpu.put(name, processes);
            medians.put(name, rounds.stream().map(turn -> turn.latency().p50()).toList());
        });
        return new HopReport(
                machine,
                settings.protocol().word(),
                settings.users(),
                local,
                gateway,
                added(two, one, turn -> turn.latency().p50()),
                added(two, one, turn -> turn.latency().p99()),
                cpu,
                medians);
    }

    private static double median(List<Contest.Turn> turns, ToDoubleFunction<Contest.Turn> value) {
        return Estimate.ofMedian(turns.stream().mapToDouble(value)).median();
    }

    private static Estimate added(
            List<Contest.Turn> to, List<Contest.Turn> from, ToDoubleFunction<Contest.Turn> value) {
        return Estimate.ofDifference(
                to.stream().mapToDouble(value).toArray(),
                from.stream().mapToDouble(value).toArray());
    }

    /** As text for a terminal. */
    public String text() {
        Table latencies = new Table("ms", "count", "p50", "p90", "p99", "p99.9");
        for (Way way : List.of(local, gateway)) {
            Percentiles latency = way.latency();
            latencies.row(
                    way.name(),
                    String.valueOf(latency.count()),
                    number("%.3f", latency.p50()),
                    number("%.3f", latency.p90()),
                    number("%.3f", latency.p99()),
                    number("%.3f", latency.p999()));
        }
        Table cpu = new Table("processor ms per request", "process", "ms");
        cpuMilliseconds.forEach((way, processes) ->
                processes.forEach((process, time) -> cpu.row(way, process, number("%.3f", time))));
        return machine.line()
                + "\n%s, %d at a time, %d rounds\n".formatted(protocol, users, addedP50.samples())
                + "answers: local %s, gateway %s\n".formatted(local.outcomes(), gateway.outcomes())
                + latencies
                + "the gateway adds: p50 %s ms, p99 %s ms (medians of the rounds, 95 %%)\n"
                        .formatted(addedP50.text("%.3f"), addedP99.text("%.3f"))
                + cpu;
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the medians of the rounds. */
    public void writePlot(Path file) throws IOException {
        ReportFiles.rounds(file, "Median of each round", "ms", p50);
    }
}
