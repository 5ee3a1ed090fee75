package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs what a plan has and the results lack, in processes of their own, and appends a line for each
 * that has ended. May be killed at any moment: a training goes on from its last epoch, a process
 * that outlived the study is waited for, and what has a line is not run again. A run that fails
 * three times is given up.
 */
public final class StudyRun {

    private static final JsonMapper JSON = new JsonMapper();

    private final StudyPlan plan;
    private final Settings settings;
    private final StopRequest stop;
    private final Consumer<String> log;
    private final RunCommands commands;

    /**
     * Where and how a study is run.
     *
     * @param planFile of the plan
     * @param work directory of runs and results, made if it is absent
     * @param sources where the data sets lie, by name
     * @param workers processes at a time
     * @param program whose commands are run
     */
    public record Settings(
            Path planFile,
            Path work,
            Map<String, Path> sources,
            int workers,
            ChildCommand program) {

        /** File of the results in the work directory. */
        public static final String RESULTS = "results.jsonl";

        public Settings {
            sources = Map.copyOf(sources);
            if (workers < 1) {
                throw new IllegalArgumentException("workers must be at least 1, not " + workers);
            }
        }
    }

    /**
     * @param log receives what happens, line by line
     * @throws IllegalArgumentException if a data set of the plan has no source or an unknown one
     *     has
     */
    public StudyRun(StudyPlan plan, Settings settings, StopRequest stop, Consumer<String> log) {
        this.plan = plan;
        this.settings = settings;
        this.stop = stop;
        this.log = log;
        this.commands = new RunCommands(plan, settings.sources(), settings.work().resolve("runs"));
        if (!settings.sources().keySet().equals(plan.data().keySet())) {
            throw new IllegalArgumentException(
                    "expected --data NAME=PATH for %s, got it for %s"
                            .formatted(plan.data().keySet(), settings.sources().keySet()));
        }
    }

    /** Command lines of all trainings, with any learning rate, to check before the first one. */
    public List<List<String>> trainings() {
        return PlannedRun.of(plan).stream()
                .filter(run -> run.kind() != Kind.COST)
                .map(run -> commands.train(run, "0.001"))
                .toList();
    }

    /**
     * Runs until all is done or a stop is asked for.
     *
     * @return whether all is done
     * @throws IOException if results cannot be read or written, or the work directory is in use
     */
    public boolean run() throws IOException, InterruptedException {
        Files.createDirectories(commands.runs());
        Path file = settings.work().resolve(Settings.RESULTS);
        try (ResultsFile results = ResultsFile.open(file, log)) {
            RunQueue queue = new RunQueue(commands, () -> now(results), stop);
            log.accept(progress(results));
            AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < settings.workers(); i++) {
                workers.add(
                        Thread.ofPlatform()
                                .name("study-worker-" + i)
                                .start(() -> work(queue, results, failure)));
            }
            for (Thread worker : workers) {
                stop.await(worker);
            }
            rethrow(failure.get());
            log.accept(progress(results));
            return PlannedRun.of(plan).stream().allMatch(now(results)::isDone);
        }
    }

    private StudyResults now(ResultsFile results) {
        return new StudyResults(plan, results.lines());
    }

    private String progress(ResultsFile results) {
        return new StudyProgress(now(results), settings.workers()).line();
    }

    private static void rethrow(@Nullable Exception failure) throws IOException {
        if (failure != null) {
            throw new IOException("the study ended early: " + failure.getMessage(), failure);
        }
    }

    private void work(
            RunQueue queue, ResultsFile results, AtomicReference<@Nullable Exception> failure) {
        try {
            for (var run = queue.next(); run.isPresent(); run = queue.next()) {
                try {
                    perform(run.get(), results);
                } finally {
                    queue.ended(run.get());
                }
                deleteFeatures(run.get(), queue);
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            failure.compareAndSet(null, e);
            stop.raise();
        }
    }

    /** They are large, and the next seed has others. */
    private void deleteFeatures(PlannedRun run, RunQueue queue) throws IOException {
        Optional<Path> features = commands.features(run);
        if (features.isPresent()
                && Files.isDirectory(features.get())
                && !queue.needsFeatures(features.get())
                && !stop.isRaised()) {
            try (Stream<Path> files = Files.list(features.get())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(features.get());
        }
    }

    private void perform(PlannedRun run, ResultsFile results)
            throws IOException, InterruptedException {
        while (!stop.isRaised() && !now(results).isDone(run) && !now(results).isGivenUp(run)) {
            try {
                step(run, results);
            } catch (StepFailure e) {
                log.accept(run.id() + ": " + e.getMessage());
                Map<String, Object> line = line(StudyResults.FAILURE, run);
                line.put("message", e.getMessage());
                results.append(line);
            }
        }
        log.accept(progress(results));
    }

    /** A process that did not do what it was started for. */
    private static final class StepFailure extends Exception {

        private static final long serialVersionUID = 1;

        StepFailure(String message) {
            super(message);
        }
    }

    private void step(PlannedRun run, ResultsFile results)
            throws IOException, InterruptedException, StepFailure {
        if (run.kind() == Kind.COST) {
            measureCost(run, results);
        } else if (now(results).line(run.kind().word(), run.id()).isEmpty()) {
            train(run, results);
        } else {
            measureRates(run, results);
        }
    }

    private void train(PlannedRun run, ResultsFile results)
            throws IOException, InterruptedException, StepFailure {
        String rate = rate(run, results);
        Path directory = commands.directory(run);
        ChildRun child = new ChildRun(directory, stop);
        child.awaitLeftBehind();
        if (!FinishedTraining.isIn(directory)) {
            if (stop.isRaised()) {
                return;
            }
            log.accept("%s: training with learning rate %s".formatted(run.id(), rate));
            run(child, commands.train(run, rate), Map.of());
        }
        if (!FinishedTraining.isIn(directory)) {
            if (stop.isRaised()) {
                return;
            }
            throw new StepFailure("the training ended without " + FinishedTraining.RESULT);
        }
        Map<String, Object> line = line(run.kind().word(), run);
        line.put("rate", rate);
        line.put("result", FinishedTraining.result(directory));
        line.put("epochs", FinishedTraining.epochs(directory));
        results.append(line);
    }

    private String rate(PlannedRun run, ResultsFile results) {
        return run.kind() == Kind.SEARCH
                ? run.rate()
                : now(results)
                        .rate(plan.part(run.group()).rates(), run.arm())
                        .orElseThrow(() -> new IllegalStateException("not ready: " + run.id()));
    }

    private void measureRates(PlannedRun run, ResultsFile results)
            throws IOException, InterruptedException, StepFailure {
        Path out = commands.runs().resolve(run.id() + "-rates.json");
        measure(out, commands.measure(run, out), Map.of());
        if (Files.exists(out)) {
            Map<String, Object> line = line(StudyResults.RATES, run);
            JSON.readTree(Files.readString(out))
                    .properties()
                    .forEach(each -> line.put(each.getKey(), each.getValue()));
            results.append(line);
        }
    }

    private void measureCost(PlannedRun run, ResultsFile results)
            throws IOException, InterruptedException, StepFailure {
        Map<String, Object> line = line(run.kind().word(), run);
        for (String what : List.of(CostMeasure.TIME, CostMeasure.MEMORY)) {
            Path out = commands.runs().resolve("cost-" + what + ".json");
            List<String> command = commands.cost(settings.planFile(), what, out);
            measure(out, command, CostMeasure.environment(what));
            if (!Files.exists(out)) {
                return;
            }
            line.put(what, JSON.readTree(Files.readString(out)));
        }
        results.append(line);
    }

    /** Unless it is measured already: the file appears whole. */
    private void measure(Path out, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException, StepFailure {
        String name = out.getFileName().toString();
        ChildRun child =
                new ChildRun(out.resolveSibling(name.substring(0, name.length() - 5)), stop);
        child.awaitLeftBehind();
        if (!Files.exists(out) && !stop.isRaised()) {
            run(child, command, environment);
        }
        if (!Files.exists(out) && !stop.isRaised()) {
            throw new StepFailure("the measurement ended without " + out.getFileName());
        }
    }

    private void run(ChildRun child, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException, StepFailure {
        int status = child.run(settings.program().with(command), environment);
        if (status != 0 && !stop.isRaised()) {
            throw new StepFailure(
                    "exit status %d of \"dmst %s\": %s"
                            .formatted(status, String.join(" ", command), child.lastWords()));
        }
    }

    private static Map<String, Object> line(String kind, PlannedRun run) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", kind);
        line.put("id", run.id());
        line.put("group", run.group());
        line.put("arm", run.arm());
        line.put("seed", run.seed());
        line.put("ended", Instant.now().toString());
        return line;
    }
}
