package io.dmst.lab.train;

import ai.djl.ndarray.NDManager;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.model.ParameterSpec;
import io.dmst.djl.GoldenOutputs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;

/**
 * The end of a training: the best epoch's weights with their final measurements, the one look at
 * the test images, and what the predictions depend on. It can be done again.
 *
 * @param log receives messages
 */
record Completion(
        TrainingRequest request,
        NDManager manager,
        TrainingSet set,
        Learner learner,
        PrintStream log) {

    TrainingOutcome.Finished complete(TrainingState state) throws IOException {
        load(ModelDirectory.read(request.out()));
        Measurements.meanMap(manager, learner, set.training(), true);
        Evaluator evaluator = new Evaluator(manager, learner.network(), learner.average());
        Optional<Evaluation> validation =
                set.validation().size() == 0
                        ? Optional.empty()
                        : Optional.of(evaluator.evaluate(set.validation()));
        Examples images = set.test(manager);
        Evaluation test;
        MembershipEffect effect;
        long passes = (long) images.size() * InterventionRuns.values().length;
        try (ProgressBar bar = new ProgressBar("judging by the test images", passes)) {
            Evaluator judge =
                    new Evaluator(
                            manager,
                            learner.network(),
                            learner.average(),
                            done -> bar.stepBy(done));
            test = judge.evaluate(images);
            effect = MembershipEffect.measure(judge, images, test);
        }
        CardText.Results results = new CardText.Results(validation, test, effect);
        ModelDirectory.write(
                request.out(),
                learner.network().config(),
                TrainedWeights.of(learner, learner.average(), request.start()),
                set.data().labels(),
                CardText.of(request, set.data(), learner, state, results));
        GoldenOutputs.write(request.out());
        ResultFile.write(request.out(), values(state, results));
        effect.lines().forEach(log::println);
        deleteFeatures();
        return new TrainingOutcome.Finished(
                state.best(), test.accuracy(), test.balancedAccuracy(), test.images());
    }

    /** Into the average, of which the model is. */
    private void load(ModelDirectory best) {
        for (ParameterSpec spec : learner.specs()) {
            learner.average().array(spec.name()).set(best.weights().get(spec.name()).toFloats());
        }
    }

    private Map<String, Object> values(TrainingState state, CardText.Results results) {
        Map<String, Object> values = new LinkedHashMap<>();
        results.test().ifPresent(test -> values.put("test", ResultFile.of(test)));
        results.validation().ifPresent(found -> values.put("validation", ResultFile.of(found)));
        results.effect().ifPresent(effect -> values.put("memberships", ResultFile.of(effect)));
        values.put("best_epoch", state.best());
        values.put("epochs", state.epochs());
        values.put("steps", learner.steps());
        values.put("seconds", state.seconds());
        values.put("parameters", CardText.parameters(learner));
        values.put("seed", request.options().seed());
        values.put("command", request.output().command());
        return values;
    }

    /** A cache that the user named is kept for other trainings. */
    private void deleteFeatures() throws IOException {
        set.close();
        Path directory = TrainingSet.directory(request);
        if (request.output().cache().isEmpty() && Files.isDirectory(directory)) {
            List<Path> files;
            try (Stream<Path> found = Files.list(directory)) {
                files = found.toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        }
    }
}
