package io.dmst.bench;

import io.dmst.bench.LoadReport.Asked;
import io.dmst.bench.LoadReport.Measured;
import io.dmst.bench.LoadReport.Sending;
import java.util.Locale;

/** A load's report for a terminal. */
final class LoadText {

    private final LoadReport report;
    private final StringBuilder text = new StringBuilder();

    LoadText(LoadReport report) {
        this.report = report;
    }

    String text() {
        Measured measured = report.measured();
        line("%s", report.machine().line());
        line("%s: %s", String.join(", ", report.targets()), asked());
        Saturation saturation = report.saturation();
        if (saturation != null) {
            line("saturation %.1f/s, %d at a time", saturation.rate(), saturation.concurrency());
        }
        line(
                "throughput %.1f/s, goodput %.1f/s%s",
                measured.throughput(),
                measured.goodput(),
                measured.meanBatch() > 0 ? number(", batches of %.2f", measured.meanBatch()) : "");
        sending(measured.sending());
        outcomes(measured);
        text.append(latencies(measured));
        return text.toString();
    }

    private String asked() {
        Asked asked = report.asked();
        String way =
                asked.rate() == null
                        ? "closed loop, %d at a time".formatted(asked.concurrency())
                        : number("open loop, %.1f/s", asked.rate());
        String timeout =
                asked.timeoutSeconds() == null
                        ? ""
                        : number(", timeout %.3f s", asked.timeoutSeconds());
        return "%s, %s, %.0f s%s"
                .formatted(asked.operation(), way, report.measured().seconds(), timeout);
    }

    private void sending(Sending sending) {
        line(
                "of %d requests: %d not sent (no room), %d sent over 1 ms late (p99 %.2f ms), %d"
                        + " without any answer",
                sending.planned(),
                sending.unsent(),
                sending.late(),
                sending.lateness().p99(),
                sending.unanswered());
    }

    private void outcomes(Measured measured) {
        measured.outcomes().forEach((code, count) -> line("%-20s %d", code, count));
        if (measured.refusalsWithoutRetryAfter() > 0) {
            line("refusals without Retry-After: %d", measured.refusalsWithoutRetryAfter());
        }
    }

    private Table latencies(Measured measured) {
        Table table =
                Table.ofTimes()
                        .times("latency", measured.latency())
                        .times("  since the sending", measured.latencySinceSent())
                        .times("refusal", measured.refusal())
                        .times("  since the sending", measured.refusalSinceSent());
        measured.stages().forEach((stage, times) -> table.times("server: " + stage, times));
        return table;
    }

    private void line(String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values)).append('\n');
    }

    private static String number(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
