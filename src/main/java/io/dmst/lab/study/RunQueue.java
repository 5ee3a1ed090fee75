package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Hands out the work of a study in its order to several workers. A run waits for the search that
 * decides its learning rate, and for another that computes the features that it needs too;
 * meanwhile later work is handed out. Thread-safe.
 */
final class RunQueue {

    private final List<PlannedRun> pending;
    private final Set<PlannedRun> inFlight = new HashSet<>();
    private final RunCommands commands;
    private final Supplier<StudyResults> results;
    private final StopRequest stop;

    RunQueue(RunCommands commands, Supplier<StudyResults> results, StopRequest stop) {
        this.commands = commands;
        this.results = results;
        this.stop = stop;
        StudyResults before = results.get();
        this.pending = new ArrayList<>(PlannedRun.of(commands.plan()));
        pending.removeIf(run -> before.isDone(run) || before.isGivenUp(run));
    }

    /**
     * The next piece of work; nothing once all is done, a stop is asked for, or what is left waits
     * for a search that was given up.
     */
    synchronized Optional<PlannedRun> next() throws InterruptedException {
        while (!stop.isRaised() && !pending.isEmpty()) {
            StudyResults now = results.get();
            for (PlannedRun run : pending) {
                if (isReady(run, now)) {
                    pending.remove(run);
                    inFlight.add(run);
                    return Optional.of(run);
                }
            }
            if (inFlight.isEmpty()) {
                return Optional.empty();
            }
            wait();
        }
        return Optional.empty();
    }

    /** Says that a worker has ended with a run, however. */
    synchronized void ended(PlannedRun run) {
        inFlight.remove(run);
        notifyAll();
    }

    private boolean isReady(PlannedRun run, StudyResults now) {
        Optional<Path> features = commands.features(run);
        boolean taken =
                features.isPresent()
                        && inFlight.stream()
                                .anyMatch(other -> commands.features(other).equals(features));
        return !taken
                && (run.kind() != Kind.RUN
                        || now.rate(commands.plan().part(run.group()).rates(), run.arm())
                                .isPresent());
    }

    /** Whether a run that is still to come, or in flight, needs the same features. */
    synchronized boolean needsFeatures(Path features) {
        return Stream.concat(pending.stream(), inFlight.stream())
                .anyMatch(run -> commands.features(run).equals(Optional.of(features)));
    }
}
