package io.dmst.cli;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.checkpoint.Tensor;
import io.dmst.checkpoint.Tensors;
import io.dmst.inference.session.OnnxProgram;
import io.dmst.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model as an ONNX file that needs nothing but pixels.",
            "Input 'pixels' is UINT8 [batch, height, width, 3]; outputs are 'logits' and"
                    + " 'probabilities'. The file appears after ONNX Runtime has run it."
        })
final class ExportCommand implements Callable<Integer> {

    private static final int IMAGES = 2;
    private static final double ROUNDING = 1e-4;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model directory: config.json and model.safetensors.")
    private Path model = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "To write.")
    private Path out = Path.of("");

    @Option(
            names = "--explain",
            description = "With every probe as an output, such as membership.3.")
    private boolean explain;

    @Override
    public Integer call() throws IOException {
        ModelDirectory source = ModelDirectory.read(model);
        OnnxExport export = OnnxExport.of(source);
        byte[] graph = explain ? export.explain() : export.classify();
        Path target = out.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new IllegalArgumentException(out + " is a directory; --out names a file");
        }
        Files.createDirectories(target.resolveSibling(""));
        Path draft = target.resolveSibling(target.getFileName() + ".draft");
        try {
            Files.write(draft, graph);
            int outputs = check(source.config(), Files.readAllBytes(draft));
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s: %s %s, %d outputs, %,d bytes; ONNX Runtime runs it%n",
                            out,
                            source.config().name(),
                            source.config().version(),
                            outputs,
                            graph.length);
        } finally {
            Files.deleteIfExists(draft);
        }
        return 0;
    }

    /** Runs a graph on noise. */
    private static int check(ModelConfig config, byte[] graph) {
        try (OnnxProgram program = new OnnxProgram(graph)) {
            Tensors outputs = program.run(noise(config));
            outputs.tensors().forEach(ExportCommand::checkFinite);
            Tensor probabilities = outputs.get(OnnxExport.PROBABILITIES);
            if (!probabilities.shape().equals(List.of(IMAGES, config.numClasses()))) {
                throw new IllegalStateException(
                        "probabilities of %d images have shape %s"
                                .formatted(IMAGES, probabilities.shape()));
            }
            double sum = 0;
            for (float probability : probabilities.toFloats()) {
                sum += probability;
            }
            if (Math.abs(sum - IMAGES) > ROUNDING) {
                throw new IllegalStateException(
                        "probabilities of %d images sum to %s".formatted(IMAGES, sum));
            }
            return outputs.names().size();
        }
    }

    private static void checkFinite(String name, Tensor output) {
        for (float value : output.toFloats()) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "the model computes %s in %s; its weights are unusable"
                                .formatted(value, name));
            }
        }
    }

    private static Tensor noise(ModelConfig config) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        byte[] pixels = new byte[IMAGES * height * width * 3];
        new SplittableRandom(0).nextBytes(pixels);
        return Tensor.ofBytes(pixels, IMAGES, height, width, 3);
    }
}
