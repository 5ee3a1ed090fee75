package io.dmst.cli;

import io.dmst.core.explain.Explainer;
import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Wanted;
import io.dmst.core.explain.picture.Caption;
import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.RgbImage;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.ServedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmst explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Writes what the model's own forward pass says about image files, without a server.",
            "For photo.jpg: photo.sheet.png (all maps over the photograph), photo.maps.png (the"
                    + " same in colours that lead back to the values), photo.segments.png,"
                    + " photo.rates.png, photo.npz (for numpy.load), photo.json;"
                    + " photo.overlay.png where one layer and one group are named; and"
                    + " photo.contribution.png of a model with the membership head.",
            "Exits with 1 if any of them could not be explained."
        })
final class ExplainCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "JPEG, PNG, GIF, BMP, WebP.")
    private List<Path> images = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Is made.")
    private Path out = Path.of("");

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Option(names = "--layers", description = "all, last, or numbers from 0 such as 0,3.")
    private String layers = "all";

    @Option(names = "--groups", description = "all, last, or numbers from 0 such as 0,2.")
    private String groups = "all";

    @Option(
            names = "--class",
            paramLabel = "LABEL",
            description =
                    "Of a model with the membership head: the class whose score is split, by its"
                            + " label or its number; the predicted one if absent.")
    private @Nullable String className;

    @Option(names = "--epsilon-squared", description = "Allowed squared error of the rates.")
    private double epsilonSquared = Wanted.EPSILON_SQUARED;

    @Option(names = "--engine", description = "What computes: ${COMPLETION-CANDIDATES}.")
    private EngineName engine = EngineName.ONNXRUNTIME;

    @Override
    public Integer call() throws IOException {
        ImageDecoder decoder = new ImageDecoder();
        int failed = 0;
        try (LocalModel local = new LocalModel(LocalModel.directory(model), engine)) {
            Wanted wanted = wanted(local);
            Explainer explainer =
                    new Explainer(local.model().config(), local.model().contributions(), wanted);
            FileNames names = new FileNames(out);
            for (Path image : images) {
                switch (ImageFile.read(decoder, image)) {
                    case Decoded.Refused refused -> {
                        print(image, refused.detail());
                        failed++;
                    }
                    case Decoded.Picture picture ->
                            failed +=
                                    explain(
                                                    local,
                                                    explainer,
                                                    new Work(
                                                            image,
                                                            picture.image(),
                                                            names.of(image),
                                                            wanted))
                                            ? 0
                                            : 1;
                }
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private Wanted wanted(LocalModel local) {
        try {
            Wanted wanted = Wanted.of(local.model().config(), layers, groups, epsilonSquared);
            return className == null ? wanted : wanted.withClass(index(local.model(), className));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static int index(ServedModel model, String name) {
        if (!model.hasContributions()) {
            throw new IllegalArgumentException(
                    "--class needs a model with the membership head; %s has class attention"
                            .formatted(model.name()));
        }
        return model.classNamed(name)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "--class must be a class of the model: %s; not '%s'"
                                        .formatted(model.listedClasses(), name)));
    }

    /** One image, where its files go, and what is asked for. */
    private record Work(Path file, RgbImage image, FileNames.Name name, Wanted wanted) {}

    private boolean explain(LocalModel local, Explainer explainer, Work work) throws IOException {
        byte[] pixels = local.pixels(work.image());
        return switch (local.predict(work.file().toString(), pixels, explainer.probes()).join()) {
            case Failure failure -> {
                print(work.file(), failure.detail());
                yield false;
            }
            case Prediction prediction -> {
                write(local, explainer, work, prediction);
                yield true;
            }
        };
    }

    private void write(LocalModel local, Explainer explainer, Work work, Prediction prediction)
            throws IOException {
        Map<String, float[]> trace = new HashMap<>();
        prediction.trace().forEach((probe, values) -> trace.put(probe, values.values()));
        Explanation explanation = explainer.explain(trace, prediction.mostProbable());
        String best = TopClasses.of(local.model().labels(), prediction, 1);
        PictureRenderer pictures =
                new PictureRenderer(
                        explanation,
                        local.view(work.image(), PictureRenderer.SIDE),
                        new Caption(
                                String.valueOf(work.file().getFileName()),
                                best,
                                local.model().name()));
        new ExplanationFiles(work.name()).write(explanation, prediction, pictures);
        print(work.file(), best + "\t" + work.name().of("sheet.png"));
    }

    private void print(Path image, String text) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(image + "\t" + text);
    }
}
