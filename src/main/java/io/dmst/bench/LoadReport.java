package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.HdrHistogram.AbstractHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What a load has met with.
 *
 * @param machine that sent it
 * @param targets that it was sent to
 * @param asked how it was sent
 * @param saturation that was searched before, if one was
 * @param measured numbers
 */
public record LoadReport(
        Machine machine,
        List<String> targets,
        Asked asked,
        @Nullable Saturation saturation,
        Measured measured) {

    /**
     * How a load is sent.
     *
     * @param operation that is asked for
     * @param rate requests per second of an open loop; absent for a closed one
     * @param concurrency requests at a time of a closed loop; absent for an open one
     * @param timeoutSeconds that a request may take; absent for the server's default
     * @param images that were sent in turn
     */
    public record Asked(
            String operation,
            @Nullable Double rate,
            @Nullable Integer concurrency,
            @Nullable Double timeoutSeconds,
            int images) {}

    /**
     * Whether requests left when they should.
     *
     * @param planned whose time came within the window
     * @param unsent of them: there was no room for one more under way
     * @param late of them: sent more than 1 ms after their time
     * @param unanswered of them: nothing had come back when the measurement gave up
     * @param lateness from the intended time to the sending
     */
    public record Sending(
            long planned, long unsent, long late, long unanswered, Percentiles lateness) {}

    /**
     * Numbers.
     *
     * @param seconds of the measured window
     * @param sending whether requests left when they should
     * @param throughput good answers per second that were finished within the window
     * @param goodput those of them that met the deadline, per second
     * @param outcomes requests of the window by code
     * @param latency of good answers, from the intended time of sending
     * @param latencySinceSent of good answers, from the sending itself
     * @param refusal latency of refusals for overload, from the intended time
     * @param refusalSinceSent of the same, from the sending
     * @param refusalsWithoutRetryAfter how many did not say when to come again
     * @param stages of the server, as its answers tell
     * @param meanBatch images that were computed together, mean over good answers; 0 if untold
     * @param curve of the latency
     * @param okPerSecond good answers in each second of the window
     * @param failedPerSecond others in each second of the window
     */
    public record Measured(
            double seconds,
            Sending sending,
            double throughput,
            double goodput,
            SortedMap<String, Long> outcomes,
            Percentiles latency,
            Percentiles latencySinceSent,
            Percentiles refusal,
            Percentiles refusalSinceSent,
            long refusalsWithoutRetryAfter,
            SortedMap<String, Percentiles> stages,
            double meanBatch,
            List<Point> curve,
            List<Long> okPerSecond,
            List<Long> failedPerSecond) {

        public Measured {
            curve = List.copyOf(curve);
            okPerSecond = List.copyOf(okPerSecond);
            failedPerSecond = List.copyOf(failedPerSecond);
        }
    }

    /**
     * A place on the curve of a distribution.
     *
     * @param percentile in percent, under 100
     * @param milliseconds that this share of the times does not exceed
     */
    public record Point(double percentile, double milliseconds) {}

    /** Three points for each halving of what is left, as far as the sample supports it. */
    static List<Point> curve(AbstractHistogram histogram) {
        List<Point> points = new ArrayList<>();
        double left = 1;
        while (histogram.getTotalCount() * left >= 1) {
            double percentile = 100 * (1 - left);
            points.add(new Point(percentile, Percentiles.at(histogram, percentile)));
            left /= Math.cbrt(2);
        }
        return points;
    }

    /** As text for a terminal. */
    public String text() {
        return new LoadText(this).text();
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }

    /** Draws the distribution of the latency and the throughput over time. */
    public void writePlot(Path file) throws IOException {
        LoadPlot.write(this, file);
    }
}
