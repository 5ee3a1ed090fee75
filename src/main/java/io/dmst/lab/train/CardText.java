package io.dmst.lab.train;

import io.dmst.core.checkpoint.HeadType;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.train.data.LoadedData;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The model card of a training: data, command, seed, hardware, time, accuracy. */
final class CardText {

    private CardText() {}

    /**
     * What is known of a model.
     *
     * @param validation of the epoch that was chosen by it
     * @param test once the training is finished
     * @param effect of the memberships, on the test images
     */
    record Results(
            Optional<Evaluation> validation,
            Optional<Evaluation> test,
            Optional<MembershipEffect> effect) {

        /** While the training runs. */
        Results(Optional<Evaluation> validation) {
            this(validation, Optional.empty(), Optional.empty());
        }

        /** At its end. */
        Results(Optional<Evaluation> validation, Evaluation test, MembershipEffect effect) {
            this(validation, Optional.of(test), Optional.of(effect));
        }
    }

    static ModelCard of(
            TrainingRequest request,
            LoadedData data,
            Learner learner,
            TrainingState state,
            Results results) {
        ModelConfig config = learner.network().config();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", config.name());
        facts.put("version", config.version());
        request.output().license().ifPresent(license -> facts.put("license", license));
        images(facts, data);
        facts.put("parameters", parameters(learner));
        facts.put("start", request.start().source());
        request.teacher().ifPresent(teacher -> facts.put("teacher", teacher.name()));
        facts.put("epochs", state.epochs());
        facts.put("best_epoch", state.best());
        facts.put("seed", request.options().seed());
        facts.put("command", request.output().command());
        facts.put("hardware", hardware(request));
        facts.put("training_seconds", Math.round(state.seconds()));
        facts.put("date", LocalDate.now().toString());
        results.validation().ifPresent(found -> accuracy(facts, "validation_", found));
        results.test().ifPresent(found -> accuracy(facts, "", found));
        results.effect().ifPresent(found -> facts.put("accuracy_with_memberships", shares(found)));
        return new ModelCard(facts, body(config, facts, results));
    }

    private static void images(Map<String, Object> facts, LoadedData data) {
        facts.put("dataset", data.source().getFileName().toString());
        facts.put("training_images", data.train().size());
        facts.put("validation_images", data.validation().size());
        facts.put("test_images", data.test().size());
        facts.put("skipped_images", data.skipped());
    }

    /** Number of values that are trained or were. */
    static int parameters(Learner learner) {
        return learner.specs().stream()
                .filter(spec -> spec.init().trained())
                .mapToInt(ParameterSpec::size)
                .sum();
    }

    private static void accuracy(Map<String, Object> facts, String part, Evaluation found) {
        facts.put(part + "accuracy_training_engine", rounded(found.accuracy()));
        facts.put(part + "balanced_accuracy_training_engine", rounded(found.balancedAccuracy()));
    }

    private static Map<String, Object> shares(MembershipEffect effect) {
        Map<String, Object> shares = new LinkedHashMap<>();
        effect.accuracy()
                .forEach((intervention, share) -> shares.put(intervention.word(), rounded(share)));
        return shares;
    }

    private static String hardware(TrainingRequest request) {
        return "%s, %d processors, %s"
                .formatted(
                        request.device(),
                        Runtime.getRuntime().availableProcessors(),
                        DjlEngines.version());
    }

    private static double rounded(double accuracy) {
        return Math.round(accuracy * 10_000) / 10_000.0;
    }

    private static String body(ModelConfig config, Map<String, Object> facts, Results results) {
        return """
        # %s

        A %d-block network of %d channels in %d groups (attention %s, sparsifier %s) on %d×%d images.
        %s

        Trained for %s epochs on %s images of %s; the averaged weights of the epoch that is best on the validation
        images are kept. The formulas of DMSA are this project's derivation from the statements of arXiv 2601.17042, not
        its published code.
        %s
        Intended for classifying images of the kinds it was trained on. It was not examined for bias, and
        its probabilities are not calibrated on other data.
        """
                .formatted(
                        config.name(),
                        config.depth(),
                        config.embedDim(),
                        config.numHeads(),
                        config.attention().name().toLowerCase(Locale.ROOT),
                        config.sparsifier().name().toLowerCase(Locale.ROOT),
                        config.imageSize().height(),
                        config.imageSize().width(),
                        parts(config),
                        facts.get("epochs"),
                        facts.get("training_images"),
                        facts.get("dataset"),
                        results.effect().map(CardText::effect).orElse(""));
    }

    private static String parts(ModelConfig config) {
        String stem =
                config.stem().pretrained()
                        ? "Convolutional stem of EfficientNet-Lite (not white-box; Apache-2.0, trained on ImageNet by its authors)"
                        : "Stem trained with the network";
        return config.head() == HeadType.MEMBERSHIP
                ? stem
                        + "; blocks and membership head are white-box. The head is this project's extension."
                : stem + "; the head is the class attention of ToST.";
    }

    private static String effect(MembershipEffect effect) {
        return "\n## What the predictions depend on\n\n"
                + String.join("\n", effect.lines().stream().map(line -> "* " + line).toList())
                + "\n";
    }
}
