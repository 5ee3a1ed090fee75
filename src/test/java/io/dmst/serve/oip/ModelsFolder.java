package io.dmst.serve.oip;

import io.dmst.core.checkpoint.Golden;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.onnx.RandomWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A directory of small models of random weights, one name in several versions. */
record ModelsFolder(Path folder) {

    static final String NAME = "mine";

    Path path(String version) {
        return folder.resolve(NAME + "_" + version);
    }

    /** Writes a version; of another class count its weights are others too. */
    ModelDirectory write(String version, int classes) throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "name",
                                NAME,
                                "version",
                                version,
                                "image_size",
                                List.of(16, 16),
                                "patch_size",
                                4,
                                "embed_dim",
                                16,
                                "depth",
                                2,
                                "num_heads",
                                4,
                                "num_classes",
                                classes));
        ModelDirectory.write(
                path(version),
                config,
                RandomWeights.of(config),
                Stream.iterate("a", label -> label + "a").limit(classes).toList(),
                new ModelCard(Map.of(), ""));
        return ModelDirectory.read(path(version));
    }

    /** Claims logits of a version that its engine will not answer. */
    void claimOtherLogits(ModelDirectory model) throws IOException {
        Tensor pixels = Golden.pixels(model.config());
        int classes = model.config().numClasses();
        float[] wrong = new float[3 * classes];
        java.util.Arrays.fill(wrong, 7);
        Golden.write(
                path(model.config().version()),
                model,
                pixels,
                Map.of("logits", Tensor.of(wrong, 3, classes)),
                "a test");
    }

    void delete(String version) throws IOException {
        try (Stream<Path> files = Files.list(path(version))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(path(version));
    }
}
