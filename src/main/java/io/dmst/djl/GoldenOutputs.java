package io.dmst.djl;

import ai.djl.Device;
import io.dmst.core.checkpoint.Golden;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Computes what the serving engine must answer, on the other engine and without the export. */
public final class GoldenOutputs {

    private static final String PROBABILITIES = "probabilities";

    private GoldenOutputs() {}

    /**
     * Writes {@link Golden#FILE} into a model's directory.
     *
     * @param directory of the model, complete
     * @throws IOException if the model cannot be read or the file not be written
     */
    public static void write(Path directory) throws IOException {
        ModelDirectory model = ModelDirectory.read(directory);
        Tensor pixels = Golden.pixels(model.config());
        Golden.write(directory, model, pixels, of(model, pixels), DjlEngines.version());
    }

    /** Logits and memberships of images. */
    static SortedMap<String, Tensor> of(ModelDirectory model, Tensor pixels) {
        Set<String> memberships =
                new Network(model.config())
                        .probes().stream()
                                .filter(probe -> probe.startsWith(Probe.MEMBERSHIP.word() + "."))
                                .collect(Collectors.toSet());
        try (DjlNetwork network = new DjlNetwork(model.config(), model.weights(), Device.cpu())) {
            SortedMap<String, Tensor> outputs =
                    new TreeMap<>(network.classify(pixels, memberships).tensors());
            outputs.remove(PROBABILITIES);
            return outputs;
        }
    }
}
