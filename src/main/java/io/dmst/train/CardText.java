package io.dmst.train;

import io.dmst.checkpoint.ModelCard;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.djl.Engines;
import io.dmst.model.ParameterSpec;
import io.dmst.train.data.LoadedData;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The model card of a training: data, command, seed, hardware, time, accuracy. */
final class CardText {

    private CardText() {}

    static ModelCard of(
            TrainingRequest request,
            LoadedData data,
            Learner learner,
            Evaluation evaluation,
            TrainingState state) {
        ModelConfig config = learner.network().config();
        int size =
                learner.specs().stream()
                        .filter(spec -> spec.init().trained())
                        .mapToInt(ParameterSpec::size)
                        .sum();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", config.name());
        facts.put("version", config.version());
        facts.put("license", "apache-2.0");
        facts.put("dataset", data.source().getFileName().toString());
        facts.put("training_images", data.train().size());
        facts.put("validation_images", data.validation().size());
        facts.put("test_images", data.test().size());
        facts.put("skipped_images", data.skipped());
        facts.put("parameters", size);
        facts.put("epochs", state.epochs());
        facts.put("seed", request.options().seed());
        facts.put("command", request.command());
        facts.put("hardware", hardware(request));
        facts.put("training_seconds", Math.round(state.seconds()));
        facts.put("date", LocalDate.now().toString());
        facts.put("accuracy_training_engine", rounded(evaluation.accuracy()));
        return new ModelCard(facts, body(config, facts));
    }

    private static String hardware(TrainingRequest request) {
        return "%s, %d processors, %s"
                .formatted(
                        request.device(),
                        Runtime.getRuntime().availableProcessors(),
                        Engines.version());
    }

    private static double rounded(double accuracy) {
        return Math.round(accuracy * 10_000) / 10_000.0;
    }

    private static String body(ModelConfig config, Map<String, Object> facts) {
        return """
        # %s

        A %d-block network of %d channels in %d groups (attention %s, sparsifier %s) on %d×%d images.

        Trained for %s epochs on %s images of %s; the averaged weights are kept. The formulas of DMSA are
        this project's derivation from the statements of arXiv 2601.17042, not its published code.

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
                        facts.get("epochs"),
                        facts.get("training_images"),
                        facts.get("dataset"));
    }
}
