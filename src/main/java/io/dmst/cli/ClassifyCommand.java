package io.dmst.cli;

import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmst classify}. */
@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Says what is in image files, without a server.",
            "Exits with 1 if any of them could not be classified."
        })
final class ClassifyCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "JPEG, PNG, GIF, BMP, WebP.")
    private List<Path> images = List.of();

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Option(names = "--top-k", description = "Classes per image.")
    private int topK = 3;

    @Option(names = "--engine", description = "What computes: ${COMPLETION-CANDIDATES}.")
    private EngineName engine = EngineName.ONNXRUNTIME;

    @Override
    public Integer call() throws IOException {
        ImageDecoder decoder = new ImageDecoder();
        int failed = 0;
        try (LocalModel local = new LocalModel(LocalModel.directory(model), engine)) {
            for (Path image : images) {
                failed += classify(local, decoder, image) ? 0 : 1;
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private boolean classify(LocalModel local, ImageDecoder decoder, Path file) {
        PrintWriter out = spec.commandLine().getOut();
        return switch (ImageFile.read(decoder, file)) {
            case Decoded.Refused refused -> {
                out.println(file + "\t" + refused.detail());
                yield false;
            }
            case Decoded.Picture picture -> predict(local, file, local.pixels(picture.image()));
        };
    }

    private boolean predict(LocalModel local, Path file, byte[] pixels) {
        PrintWriter out = spec.commandLine().getOut();
        return switch (local.predict(file.toString(), pixels).join()) {
            case Failure failure -> {
                out.println(file + "\t" + failure.detail());
                yield false;
            }
            case Prediction prediction -> {
                out.println(file + "\t" + TopClasses.of(local.model().labels(), prediction, topK));
                yield true;
            }
        };
    }
}
