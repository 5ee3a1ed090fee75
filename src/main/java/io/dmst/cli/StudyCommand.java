package io.dmst.cli;

import io.dmst.lab.study.ChildCommand;
import io.dmst.lab.study.CostMeasure;
import io.dmst.lab.study.StopRequest;
import io.dmst.lab.study.StudyPlan;
import io.dmst.lab.study.StudyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmst study}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Runs the trainings and measurements that a plan has, each in a process of its own at"
                    + " the lowest priority, and keeps a line of results for each.",
            "May be stopped or killed at any moment: the same command goes on. Exits with 0 if all"
                    + " is done or --until is over, with 1 if a run was given up, with 143 after"
                    + " SIGTERM."
        },
        subcommands = {
            StudyReportCommand.class,
            StudyMeasureCommand.class,
            StudyCostCommand.class,
            DriftStudyCommand.class
        })
final class StudyCommand implements Callable<Integer> {

    /** By name, since commands and service do not know each other. */
    private static final String PROGRAM = "io.dmst.DmstApplication";

    /** A training saves its state within a step and what it evaluates within minutes. */
    private static final Duration STOP = Duration.ofMinutes(10);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "PLAN",
            description = "YAML file of the plan, such as docs/studies/paper-claims/plan.yaml.")
    private @Nullable Path plan;

    @Option(
            names = "--data",
            paramLabel = "NAME=PATH",
            description = "Where a data set of the plan lies; once for each.")
    private Map<String, Path> data = new LinkedHashMap<>();

    @Option(names = "--work", paramLabel = "DIR", description = "Models, logs and results.jsonl.")
    private Path work = Path.of("study-work");

    @Option(names = "--workers", description = "Processes at a time, of one thread each.")
    private int workers = 1;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "Stops after this time, such as 2h30m; what was begun is saved.")
    private @Nullable Duration until;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (plan == null) {
            throw new ParameterException(
                    spec.commandLine(), "Which plan? Or one of: report, measure, cost, drift.");
        }
        StopRequest stop = until == null ? StopRequest.none() : StopRequest.after(until);
        StudyRun.Settings settings =
                new StudyRun.Settings(
                        plan,
                        work.toAbsolutePath(),
                        absolute(data),
                        workers,
                        ChildCommand.running(PROGRAM));
        StudyRun run = new StudyRun(StudyPlan.read(plan), settings, stop, this::log);
        check(run);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().name("stop-of-study").unstarted(() -> stop(stop, ended));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return run.run() || stop.isRaised() ? 0 : 1;
        } finally {
            ended.countDown();
            unhook(hook);
        }
    }

    /** A word that "train" does not know would fail hours later. */
    private static void check(StudyRun run) {
        for (List<String> training : run.trainings()) {
            try {
                Dmst.commandLine().parseArgs(training.toArray(String[]::new));
                CostMeasure.config(training);
            } catch (ParameterException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "the plan asks for \"dmst %s\": %s"
                                .formatted(String.join(" ", training), e.getMessage()),
                        e);
            }
        }
    }

    private static Map<String, Path> absolute(Map<String, Path> paths) {
        Map<String, Path> absolute = new LinkedHashMap<>();
        paths.forEach((name, path) -> absolute.put(name, path.toAbsolutePath()));
        return absolute;
    }

    private void log(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private static void stop(StopRequest stop, CountDownLatch ended) {
        stop.raise();
        try {
            if (!ended.await(STOP.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("dmst: a process of the study has not ended yet");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void unhook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending: the hook has seen that the study has ended
        }
    }
}
