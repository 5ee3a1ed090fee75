package io.dmst.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The writing side of {@link ModelDirectory}. */
final class ModelWriter {

    private ModelWriter() {}

    static void write(
            Path directory,
            ModelConfig config,
            Map<String, Tensor> weights,
            List<String> labels,
            ModelCard card)
            throws IOException {
        Files.createDirectories(directory);
        Path weightsFile = directory.resolve(ModelDirectory.WEIGHTS);
        byte[] configText = bytes(config.json() + "\n");
        byte[] labelText = bytes(String.join("\n", labels) + "\n");
        try (AtomicFile configDraft = draft(directory, ModelDirectory.CONFIG, configText);
                AtomicFile labelDraft = draft(directory, ModelDirectory.LABELS, labelText);
                AtomicFile cardDraft = draft(directory, ModelDirectory.CARD, bytes(card.text()));
                AtomicFile weightsDraft = new AtomicFile(weightsFile)) {
            Safetensors.write(weightsDraft, weightsFile.toString(), weights, Map.of());
            if (!holds(directory, ModelDirectory.CONFIG, configText)
                    || !holds(directory, ModelDirectory.LABELS, labelText)) {
                Files.deleteIfExists(weightsFile);
            }
            configDraft.publish();
            labelDraft.publish();
            cardDraft.publish();
            weightsDraft.publish();
        }
    }

    private static AtomicFile draft(Path directory, String name, byte[] content)
            throws IOException {
        AtomicFile draft = new AtomicFile(directory.resolve(name));
        draft.append(ByteBuffer.wrap(content));
        draft.finish();
        return draft;
    }

    private static boolean holds(Path directory, String name, byte[] content) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
