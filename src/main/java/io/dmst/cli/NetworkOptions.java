package io.dmst.cli;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.model.Variants;
import io.dmst.lab.train.Freeze;
import io.dmst.lab.train.StartWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Which network is trained, and from which weights. */
final class NetworkOptions {

    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = {
                "The network: dmst-compact-4m-p4 for 32x32 images, dmst-lite2-p16 on a pretrained"
                        + " stem for photographs, or another one; a wrong name lists them all."
            })
    private @Nullable String variant;

    @Option(
            names = "--from",
            paramLabel = "DIR|NAME",
            description = {
                "A trained model, or the name of a bundled one, whose network and weights the"
                        + " training starts with; where the classes differ the head is new."
            })
    private @Nullable String from;

    @Option(
            names = "--freeze",
            paramLabel = "PART",
            description = {
                "${COMPLETION-CANDIDATES}: what keeps its weights. A frozen stem computes its"
                        + " features once. By default a pretrained stem is frozen."
            })
    private @Nullable Freeze freeze;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Changes a key of the network's config.json, such as sparsifier=mask.")
    private Map<String, String> changes = new LinkedHashMap<>();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the model, as users address it; by default the network's.")
    private @Nullable String name;

    @Option(names = "--version", paramLabel = "VERSION", description = "Version of the model.")
    private @Nullable String version;

    private Optional<ModelDirectory> start() throws IOException {
        if (from == null) {
            return Optional.empty();
        }
        Path directory = Path.of(from);
        return Optional.of(
                Files.isDirectory(directory)
                        ? ModelDirectory.read(directory)
                        : ModelDirectory.bundled(from));
    }

    /** The network; the number of classes is the data's. */
    ModelConfig config() throws IOException {
        if (from != null && variant != null) {
            throw new IllegalArgumentException(
                    "--from brings its own network: leave --model out, or change keys with --set");
        }
        Optional<ModelDirectory> start = start();
        ModelConfig base =
                start.map(ModelDirectory::config)
                        .orElseGet(() ->
                                Variants.named(variant == null ? "dmst-compact-4m-p4" : variant));
        Map<String, Object> keys = new LinkedHashMap<>();
        changes.forEach((key, value) -> keys.put(key, parsed(value)));
        if (name != null) {
            keys.put("name", name);
        }
        if (version != null) {
            keys.put("version", version);
        }
        return base.with(keys);
    }

    /** Lists and numbers are written as in JSON, all else as it is. */
    private static Object parsed(String value) {
        if (value.startsWith("[")) {
            try {
                return JSON.readTree(value);
            } catch (JacksonException e) {
                throw new IllegalArgumentException("'" + value + "' is not a list as in JSON", e);
            }
        }
        return value;
    }

    /** The weights to begin with: those of the given model, else of a pretrained stem. */
    StartWeights weights(ModelConfig config) throws IOException {
        Optional<ModelDirectory> start = start();
        return start.isPresent()
                ? StartWeights.of(start.get())
                : StartWeights.ofStem(config.stem());
    }

    /**
     * @throws IllegalArgumentException if random weights would be frozen
     */
    Freeze freeze(ModelConfig config) {
        if (freeze != null) {
            boolean trained = fineTunes() || (freeze == Freeze.STEM && config.stem().pretrained());
            if (freeze != Freeze.NONE && !trained) {
                throw new IllegalArgumentException(
                        "--freeze %s would keep random weights: give a trained model with --from"
                                .formatted(freeze));
            }
            return freeze;
        }
        return config.stem().pretrained() ? Freeze.STEM : Freeze.NONE;
    }

    boolean fineTunes() {
        return from != null;
    }
}
