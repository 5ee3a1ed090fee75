package io.dmst.core.onnx;

import io.dmst.core.checkpoint.ModelDirectory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a graph's weights come from; written into the file's metadata.
 *
 * @param digest of the model, {@code sha256:} and hexadecimal; empty if unknown
 * @param labels of the classes, in the order of the outputs; empty if unknown
 * @param further metadata, by keys that do not start with {@code dmst.}
 */
public record Provenance(String digest, List<String> labels, Map<String, String> further) {

    private static final String OWN = "dmst.";

    /**
     * @throws IllegalArgumentException if a further key starts with {@code dmst.}
     */
    public Provenance {
        labels = List.copyOf(labels);
        further = Map.copyOf(further);
        if (further.keySet().stream().anyMatch(key -> key.startsWith(OWN))) {
            throw new IllegalArgumentException(
                    "metadata keys that start with '%s' are taken: %s"
                            .formatted(OWN, further.keySet()));
        }
    }

    /** Nothing is known. */
    public static Provenance unknown() {
        return new Provenance("", List.of(), Map.of());
    }

    /** That of a model directory. */
    public static Provenance of(ModelDirectory model) {
        return new Provenance(model.digest(), model.labels(), Map.of());
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (!digest.isEmpty()) {
            metadata.put(OWN + "model.digest", digest);
        }
        if (!labels.isEmpty()) {
            metadata.put(OWN + "labels", String.join("\n", labels));
        }
        metadata.putAll(further);
        return metadata;
    }
}
