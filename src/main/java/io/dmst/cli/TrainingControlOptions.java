package io.dmst.cli;

import io.dmst.djl.DjlEngines;
import io.dmst.lab.train.StopSignal;
import io.dmst.lab.train.TrainingRequest;
import io.dmst.lab.train.data.BadData;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a training writes to, when it ends and what it runs on. */
final class TrainingControlOptions {

    @Option(names = "--resume", description = "Go on from the state in --out.")
    private boolean resume;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = {
                "Stop after a time such as 2h30m, in the middle of an epoch if need be, and keep the"
                        + " state for --resume. So does the signal to end (SIGTERM, Control-C)."
            })
    private @Nullable Duration until;

    @Option(
            names = "--evaluate-every",
            paramLabel = "N",
            description = "Epochs between two looks at the validation images (1).")
    private int evaluateEvery = 1;

    @Option(
            names = "--bad-data",
            paramLabel = "WHAT",
            description = "${COMPLETION-CANDIDATES}: unreadable images and empty classes (skip).")
    private BadData badData = BadData.SKIP;

    @Option(
            names = "--loader-threads",
            paramLabel = "N",
            description = "Threads that decode and change images (1).")
    private int loaderThreads = 1;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = {
                "Where features of a frozen stem are kept, for several trainings of the same files;"
                        + " by default in --out, until the training is finished."
            })
    private @Nullable Path cache;

    @Option(
            names = "--license",
            paramLabel = "NAME",
            description = "Licence of the weights, for the model card, such as apache-2.0.")
    private @Nullable String license;

    @Option(names = "--device", paramLabel = "NAME", description = "cpu, cuda:0 or auto.")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads per operation; all processors if absent.")
    private @Nullable Integer threads;

    BadData badData() {
        return badData;
    }

    int loaderThreads() {
        return loaderThreads;
    }

    int evaluateEvery() {
        return evaluateEvery;
    }

    boolean resume() {
        return resume;
    }

    /** As {@link DjlEngines#device} takes it. */
    String device() {
        return device;
    }

    TrainingRequest.Output output(Path out, String command) {
        return new TrainingRequest.Output(
                out, Optional.ofNullable(cache), Optional.ofNullable(license), command);
    }

    StopSignal stop() {
        return until == null ? StopSignal.none() : StopSignal.after(until);
    }

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Sets the threads, and warns where the machine has other things to do. */
    void useThreads(PrintWriter err) {
        int processors = Runtime.getRuntime().availableProcessors();
        int used = threads();
        if (used < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, not " + used);
        }
        DjlEngines.threads(used);
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load + used > processors + 0.5) {
            err.printf(
                    Locale.ROOT,
                    "The machine runs %.1f threads on %d processors already, and this training uses %d:"
                            + " threads of one operation wait for each other. --threads 1 is often"
                            + " faster then.%n",
                    load,
                    processors,
                    used);
        }
    }
}
