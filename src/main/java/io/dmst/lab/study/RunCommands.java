package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command lines of a study's processes. All with one thread: on a shared machine more are
 * slower.
 *
 * @param plan of the study
 * @param sources where the data sets lie, by name
 * @param runs directory that has one directory for each run
 */
record RunCommands(StudyPlan plan, Map<String, Path> sources, Path runs) {

    private static final String STATE = "training-state.safetensors";

    Path directory(PlannedRun run) {
        return runs.resolve(run.id());
    }

    /**
     * Where the features of a frozen stem are kept, once for all arms with the same seed, which see
     * the same crops; nothing for another training.
     */
    Optional<Path> features(PlannedRun run) {
        return run.kind() != Kind.COST && options(run).contains("--freeze")
                ? Optional.of(
                        runs.resolveSibling("features").resolve(run.group() + "-" + run.seed()))
                : Optional.empty();
    }

    private List<String> options(PlannedRun run) {
        return run.kind() == Kind.SEARCH
                ? plan.search(run.group()).options()
                : plan.part(run.group()).options();
    }

    /**
     * {@code dmst train}, from the saved state where there is one.
     *
     * @param rate learning rate
     */
    List<String> train(PlannedRun run, String rate) {
        List<String> words = new ArrayList<>(List.of("train"));
        addData(words, run);
        words.addAll(options(run));
        words.addAll(options(plan.arms(), run.arm()));
        words.addAll(List.of("--learning-rate", rate, "--seed", Long.toString(run.seed())));
        words.addAll(List.of("--threads", "1", "--out", directory(run).toString()));
        features(run).ifPresent(cache -> words.addAll(List.of("--cache", cache.toString())));
        if (Files.exists(directory(run).resolve(STATE))) {
            words.add("--resume");
        }
        return words;
    }

    /** {@code dmst study measure}. */
    List<String> measure(PlannedRun run, Path out) {
        List<String> words = new ArrayList<>(List.of("study", "measure"));
        addData(words, run);
        words.addAll(List.of("--model", directory(run).toString()));
        words.addAll(List.of("--seed", Long.toString(run.seed())));
        words.addAll(List.of("--images", Integer.toString(plan.probed())));
        words.addAll(List.of("--threads", "1", "--out", out.toString()));
        return words;
    }

    /**
     * {@code dmst study cost}.
     *
     * @param what time or memory
     */
    List<String> cost(Path planFile, String what, Path out) {
        return List.of(
                "study", "cost", planFile.toString(), "--what", what, "--out", out.toString());
    }

    private void addData(List<String> words, PlannedRun run) {
        String data =
                run.kind() == Kind.SEARCH
                        ? plan.search(run.group()).data()
                        : plan.part(run.group()).data();
        Path source = sources.get(data);
        if (source == null) {
            throw new IllegalArgumentException("no --data " + data + "=PATH");
        }
        words.addAll(List.of("--data", source.toString()));
        words.addAll(options(plan.data(), data));
    }

    private static List<String> options(Map<String, List<String>> options, String name) {
        return options.getOrDefault(name, List.of());
    }
}
