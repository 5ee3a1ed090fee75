package io.dmst.cli;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.OnnxProgram;
import io.dmst.core.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A graph as an ONNX file, which appears after ONNX Runtime has run it on noise.
 *
 * @param path of the file
 * @param outputs of the graph with the shape of one image, by name
 * @param bytes of the file
 */
record GraphFile(Path path, List<Output> outputs, long bytes) {

    private static final int IMAGES = 2;
    private static final double ROUNDING = 1e-4;

    /**
     * An output.
     *
     * @param shape without the batch
     */
    record Output(String name, List<Integer> shape) {}

    /**
     * Writes a graph.
     *
     * @throws IllegalArgumentException if the path is a directory or the model computes no numbers
     */
    static GraphFile write(ModelConfig config, byte[] graph, Path path) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new IllegalArgumentException(path + " is a directory, not a file to write");
        }
        Files.createDirectories(target.resolveSibling(""));
        Path draft = target.resolveSibling(target.getFileName() + ".draft");
        try {
            Files.write(draft, graph);
            List<Output> outputs = outputs(config, Files.readAllBytes(draft));
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
            return new GraphFile(path, outputs, graph.length);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static List<Output> outputs(ModelConfig config, byte[] graph) {
        try (OnnxProgram program = new OnnxProgram(graph)) {
            TensorMap outputs = program.run(noise(config));
            outputs.tensors().forEach(GraphFile::checkFinite);
            checkSum(config, outputs.get(OnnxExport.PROBABILITIES));
            return outputs.tensors().entrySet().stream()
                    .map(output ->
                            new Output(
                                    output.getKey(),
                                    output.getValue().shape().stream().skip(1).toList()))
                    .toList();
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

    private static void checkSum(ModelConfig config, Tensor probabilities) {
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
    }

    private static Tensor noise(ModelConfig config) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        byte[] pixels = new byte[IMAGES * height * width * 3];
        new SplittableRandom(0).nextBytes(pixels);
        return Tensor.ofBytes(pixels, IMAGES, height, width, 3);
    }
}
