package io.dmst.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a measurement is written besides the terminal. */
final class BenchFiles {

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers as JSON.")
    private @Nullable Path json;

    @Option(names = "--plot", paramLabel = "FILE.png", description = "Draws them.")
    private @Nullable Path plot;

    /** Writes a report to a file. */
    @FunctionalInterface
    interface Writer {
        void write(Path file) throws IOException;
    }

    /** Writes what is asked for. */
    void write(Writer toJson, Writer toPlot) throws IOException {
        if (json != null) {
            toJson.write(json);
        }
        if (plot != null) {
            toPlot.write(plot);
        }
    }

    /**
     * A span of time as an option has it.
     *
     * @throws IllegalArgumentException if it is negative or over a day
     */
    static Duration seconds(double seconds) {
        if (!(seconds >= 0 && seconds <= 86_400)) {
            throw new IllegalArgumentException("a time must be 0 to 86400 seconds, not " + seconds);
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
