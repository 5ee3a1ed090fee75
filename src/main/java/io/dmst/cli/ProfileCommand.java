package io.dmst.cli;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.typicality.Reference;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.Part;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dmst profile}. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Writes " + ModelDirectory.REFERENCE + " into a model's directory: what its layers",
            "say of images of its data. With it the model's answers have a typicality, and",
            "drift is watched. \"dmst train\" does it by itself, with the test images."
        })
final class ProfileCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The bundled model if absent; then --out says where to.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|ZIP",
            description = "Images in folders named by class; the model must take them for usual.")
    private Path data = Path.of("");

    @Mixin private SplitArguments split = new SplitArguments();

    @Option(
            names = "--split-part",
            description =
                    "${COMPLETION-CANDIDATES}. Train only where the model makes no difference"
                            + " between images that it learnt and others.")
    private Part part = Part.TEST;

    @Option(names = "--seed", description = "Of the choice of the fifth that is held out.")
    private long seed;

    @Option(names = "--engine", description = "What computes: ${COMPLETION-CANDIDATES}.")
    private EngineName engine = EngineName.ONNXRUNTIME;

    @Option(names = "--out", paramLabel = "DIR", description = "The model's if absent.")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Path directory = out == null ? model : out;
        if (directory == null) {
            throw new ParameterException(
                    spec.commandLine(), "--out is needed where there is no --model");
        }
        ModelDirectory profiled = LocalModel.directory(model);
        PrintWriter err = spec.commandLine().getErr();
        try (EvaluationImages images =
                        EvaluationImages.open(data, profiled.labels(), split.options(), part);
                LocalModel local = new LocalModel(profiled, engine)) {
            images.problems().forEach(problem -> err.println("left out: " + problem));
            Reference reference =
                    ReferenceRun.write(
                            local,
                            directory,
                            images.images(),
                            part.words() + " of " + data.getFileName(),
                            seed,
                            err);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "wrote %s: mean and covariance of %d images, distances of %d others%n",
                            directory.resolve(ModelDirectory.REFERENCE),
                            reference.images(),
                            reference.distances().length);
            return 0;
        }
    }
}
