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
 * What {@link ServiceBench} has measured.
 *
 * @param machine of client, service and bare loop
 * @param model its name
 * @param protocol of the client
 * @param users that asked at a time
 * @param batch images that the bare loop computed together, mean over its batches
 * @param rounds in the order of the measurement
 * @param saturated answers of the rounds
 * @param alone answers to a single user
 */
public record ServiceReport(
        Machine machine,
        String model,
        String protocol,
        int users,
        double batch,
        List<Round> rounds,
        Answers saturated,
        Answers alone) {

    static final String SERVER = "server";
    static final String CLIENT = "client";

    public ServiceReport {
        rounds = List.copyOf(rounds);
    }

    /**
     * A turn of the bare loop.
     *
     * @param imagesPerSecond of all its threads
     * @param cpuMilliseconds processor time per image
     */
    record Bare(double imagesPerSecond, double cpuMilliseconds) {}

    /**
     * Both in one round.
     *
     * @param bare images per second of the bare loop
     * @param service images per second of the service
     * @param bareMilliseconds processor time per image of the bare loop
     * @param serverMilliseconds the same of the service
     * @param clientMilliseconds the same of the client
     * @param clientShare part of the service's processors' time that the client took while it ran
     */
    public record Round(
            double bare,
            double service,
            double bareMilliseconds,
            double serverMilliseconds,
            double clientMilliseconds,
            double clientShare) {

        static Round of(Bare bare, Contest.Turn turn, Machine machine) {
            double client = turn.cpuMilliseconds().getOrDefault(CLIENT, 0.0);
            return new Round(
                    bare.imagesPerSecond(),
                    turn.throughput(),
                    bare.cpuMilliseconds(),
                    turn.cpuMilliseconds().getOrDefault(SERVER, 0.0),
                    client,
                    machine.clientShare(client * turn.throughput() / 1e3));
        }

        /** Part of the bare loop's throughput that the service reached. */
        double ratio() {
            return service / bare;
        }

        /** The same of what the client left of the processors. */
        double ratioWithoutClient() {
            return ratio() / (1 - clientShare);
        }
    }

    /**
     * What the client saw.
     *
     * @param outcomes by code
     * @param latency of good answers, from their sending
     * @param stages of the server
     * @param meanBatch images that were computed together
     */
    public record Answers(
            SortedMap<String, Long> outcomes,
            Percentiles latency,
            SortedMap<String, Percentiles> stages,
            double meanBatch) {

        static Answers of(Metered target) {
            return new Answers(
                    target.outcomes(), target.latency(), target.stages(), target.meanBatch());
        }
    }

    private Estimate estimate(ToDoubleFunction<Round> value) {
        return Estimate.ofMedian(rounds.stream().mapToDouble(value));
    }

    /** Part of the bare loop's throughput that the service reached, of each round. */
    public Estimate ratio() {
        return estimate(Round::ratio);
    }

    /** The same of what the client left of the processors. */
    public Estimate ratioWithoutClient() {
        return estimate(Round::ratioWithoutClient);
    }

    /** As text for a terminal. */
    public String text() {
        Table table = new Table("", "images/s", "processor ms per image");
        table.row(
                "bare loop",
                estimate(Round::bare).text("%.1f"),
                estimate(Round::bareMilliseconds).text("%.3f"));
        table.row(
                "service",
                estimate(Round::service).text("%.1f"),
                estimate(Round::serverMilliseconds).text("%.3f"));
        table.row("its client", "", estimate(Round::clientMilliseconds).text("%.3f"));
        return machine.line()
                + "\n%s, %s, %d at a time, %d rounds; the bare loop: %d threads, batches of %.2f\n"
                        .formatted(
                                model,
                                protocol,
                                users,
                                rounds.size(),
                                machine.serverProcessors(),
                                batch)
                + table
                + "service / bare loop: %s; without the client's %.1f %% of the processors: %s\n"
                        .formatted(
                                ratio().text("%.3f"),
                                100 * estimate(Round::clientShare).median(),
                                ratioWithoutClient().text("%.3f"))
                + answers("saturated", saturated)
                + answers("one user", alone);
    }

    private static String answers(String name, Answers answers) {
        Table table = Table.ofTimes().times("latency", answers.latency());
        answers.stages().forEach((stage, times) -> table.times("server: " + stage, times));
        return String.format(
                        Locale.ROOT,
                        "%s: %s, batches of %.2f%n",
                        name,
                        answers.outcomes(),
                        answers.meanBatch())
                + table;
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the throughput of the rounds. */
    public void writePlot(Path file) throws IOException {
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        lines.put("bare loop", rounds.stream().map(Round::bare).toList());
        lines.put("service", rounds.stream().map(Round::service).toList());
        ReportFiles.rounds(file, "Throughput of each round", "images/s", lines);
    }
}
