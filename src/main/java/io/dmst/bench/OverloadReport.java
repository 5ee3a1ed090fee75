package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What {@link OverloadBench} has measured.
 *
 * @param machine of client and service
 * @param protocol of the client
 * @param users that saturated the service
 * @param times what they reached was asked for
 * @param timeoutSeconds of a request in the overload
 * @param rounds in the order of the measurement
 * @param answers to all requests of the overload, those before the measured windows too
 * @param refusals of the same
 */
public record OverloadReport(
        Machine machine,
        String protocol,
        int users,
        double times,
        double timeoutSeconds,
        List<Round> rounds,
        ServiceReport.Answers answers,
        Refusals refusals) {

    /** That a refusal takes less than, ms. */
    static final double PROMPT = 10;

    public OverloadReport {
        rounds = List.copyOf(rounds);
    }

    /**
     * Refusals for overload.
     *
     * @param latency from the sending
     * @param late that took 10 ms or longer
     * @param withoutRetryAfter that do not say when to come again
     * @param first of the late ones, {@value #NOTED} at most: what stood still then is to be found
     */
    public record Refusals(
            Percentiles latency, long late, long withoutRetryAfter, List<Late> first) {

        /** Late ones that are told. */
        static final int NOTED = 100;

        public Refusals {
            first = List.copyOf(first);
        }
    }

    /**
     * A refusal that took long.
     *
     * @param at when it came
     * @param milliseconds from the sending
     */
    public record Late(Instant at, double milliseconds) {}

    /**
     * An overload and the closed loops about it.
     *
     * @param before answers per second of the closed loop before
     * @param rate requests per second of the overload
     * @param goodput answers per second within the timeout
     * @param acceptedP99 ms from the intended time of sending that 1 of 100 good answers exceeded
     * @param sentLateP99 ms that 1 of 100 requests was sent later than it should have been
     * @param unanswered requests to which nothing came back
     * @param after answers per second of the closed loop after
     */
    public record Round(
            double before,
            double rate,
            double goodput,
            double acceptedP99,
            double sentLateP99,
            long unanswered,
            double after) {

        static Round of(double before, LoadReport.Measured overload, double after, double times) {
            return new Round(
                    before,
                    times * before,
                    overload.goodput(),
                    overload.latency().p99(),
                    overload.sending().lateness().p99(),
                    overload.sending().unanswered() + overload.sending().unsent(),
                    after);
        }

        /** Answers per second at saturation about that time. */
        double peak() {
            return (before + after) / 2;
        }
    }

    private Estimate estimate(ToDoubleFunction<Round> value) {
        return Estimate.ofMedian(rounds.stream().mapToDouble(value));
    }

    /** Part of the throughput at saturation that is answered in time in the overload. */
    public Estimate ratio() {
        return estimate(round -> round.goodput() / round.peak());
    }

    /** As text for a terminal. */
    public String text() {
        Table rates = new Table("", "per second");
        rates.row("answered at saturation", estimate(Round::peak).text("%.1f"));
        rates.row("asked in the overload", estimate(Round::rate).text("%.1f"));
        rates.row("answered in time", estimate(Round::goodput).text("%.1f"));
        Table times =
                Table.ofTimes()
                        .times("accepted", answers.latency())
                        .times("refusal", refusals.latency());
        return machine.line()
                + "\n"
                + line(
                        "%s, %d at a time, and %.1f times what they reach with timeouts of %.3f s;"
                                + " %d rounds",
                        protocol, users, this.times, timeoutSeconds, rounds.size())
                + rates
                + line("answered in time / at saturation: %s", ratio().text("%.3f"))
                + line(
                        "accepted: p99 from the intended time %s ms; requests sent late: p99 %s ms",
                        estimate(Round::acceptedP99).text("%.0f"),
                        estimate(Round::sentLateP99).text("%.2f"))
                + line(
                        "overload: %s, batches of %.2f; without any answer: %d",
                        answers.outcomes(),
                        answers.meanBatch(),
                        rounds.stream().mapToLong(Round::unanswered).sum())
                + line(
                        "of %d refusals %d took %.0f ms or longer, %d had no Retry-After",
                        refusals.latency().count(),
                        refusals.late(),
                        PROMPT,
                        refusals.withoutRetryAfter())
                + times;
    }

    private static String line(String form, Object... values) {
        return String.format(Locale.ROOT, form, values) + "\n";
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws what was answered in each round. */
    public void writePlot(Path file) throws IOException {
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        lines.put("at saturation", rounds.stream().map(Round::peak).toList());
        lines.put("in time in the overload", rounds.stream().map(Round::goodput).toList());
        ReportFiles.rounds(file, "Answers in each round", "answers/s", lines);
    }
}
