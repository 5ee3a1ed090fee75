package io.dmst.cli;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.LabelledImage;
import io.dmst.lab.train.data.Part;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dmst evaluate}: how good a model is on the path that serves. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures a model's accuracy on images in folders named by class.",
            "Every image is decoded, preprocessed and predicted as the service does it.",
            "With --compare, exits with 1 if the engines' probabilities differ by more than"
                    + " --tolerance."
        })
final class EvaluateCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|ZIP",
            description = "test/CLASS/FILE or CLASS/FILE.")
    private Path data = Path.of("");

    @Mixin private SplitArguments split = new SplitArguments();

    @Option(names = "--split-part", description = "What is judged: ${COMPLETION-CANDIDATES}.")
    private Part part = Part.TEST;

    @Option(names = "--engine", description = "What computes: ${COMPLETION-CANDIDATES}.")
    private EngineName engine = EngineName.ONNXRUNTIME;

    @Option(names = "--compare", description = "A second engine that gets the same pixels.")
    private @Nullable EngineName other;

    @Option(names = "--tolerance", description = "Largest difference of a probability.")
    private double tolerance = 1e-4;

    @Option(names = "--limit", description = "Images at most, evenly chosen; all if absent.")
    private @Nullable Integer limit;

    @Option(names = "--write-card", description = "Write the accuracy into the model's card.")
    private boolean writeCard;

    @Override
    public Integer call() throws IOException {
        ModelDirectory directory = LocalModel.directory(model);
        if (limit != null && limit < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--limit must be at least 1, not " + limit);
        }
        if (writeCard && (model == null || limit != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--write-card needs --model and all images");
        }
        try (EvaluationImages images =
                        EvaluationImages.open(data, directory.labels(), split.options(), part);
                LocalModel first = new LocalModel(directory, engine)) {
            images.problems().forEach(problem -> err().println("left out: " + problem));
            EvaluationRun run = new EvaluationRun(first, err());
            Scores scores =
                    other == null ? run.run(chosen(images)) : compared(run, directory, images);
            out().print(scores.table());
            if (writeCard) {
                write(directory, scores);
            }
            return scores.largestDifference() <= tolerance ? 0 : 1;
        }
    }

    private Scores compared(EvaluationRun run, ModelDirectory directory, EvaluationImages images) {
        if (other == null) {
            throw new IllegalStateException("there is nothing to compare with");
        }
        try (LocalModel second = new LocalModel(directory, other)) {
            return run.against(second).run(chosen(images));
        }
    }

    private List<LabelledImage> chosen(EvaluationImages images) {
        List<LabelledImage> all = images.images();
        if (limit == null || limit >= all.size()) {
            return all;
        }
        int count = limit;
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    private void write(ModelDirectory directory, Scores scores) throws IOException {
        if (model == null) {
            return;
        }
        Map<String, Object> facts = new LinkedHashMap<>(directory.card().frontMatter());
        facts.put("accuracy", Math.round(scores.accuracy() * 10_000) / 10_000.0);
        facts.put("accuracy_images", scores.images());
        facts.put("accuracy_engine", engine.name().toLowerCase(Locale.ROOT));
        ModelCard card = new ModelCard(facts, directory.card().body());
        ModelDirectory.write(
                model, directory.config(), directory.weights().tensors(), directory.labels(), card);
        err().println("wrote the accuracy into " + model.resolve(ModelDirectory.CARD));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
