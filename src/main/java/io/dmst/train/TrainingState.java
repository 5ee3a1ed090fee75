package io.dmst.train;

import ai.djl.ndarray.NDArray;
import io.dmst.checkpoint.Safetensors;
import io.dmst.checkpoint.Tensor;
import io.dmst.checkpoint.Tensors;
import io.dmst.djl.DjlNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that a training needs to go on after a kill, in one file that is replaced at the end
 * of every epoch: weights, their average, the optimiser's moments, counters.
 *
 * @param epochs finished
 * @param steps taken
 * @param seconds spent training
 */
record TrainingState(int epochs, long steps, double seconds) {

    private static final String FILE = "training-state.safetensors";

    static boolean exists(Path out) {
        return Files.exists(out.resolve(FILE));
    }

    /** Writes the state of a learner. */
    void save(Path out, Learner learner, TrainOptions options) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays(learner).forEach((name, array) -> tensors.put(name, DjlNetwork.tensor(array)));
        Map<String, String> metadata =
                Map.of(
                        "epochs", Integer.toString(epochs),
                        "steps", Long.toString(steps),
                        "seconds", Double.toString(seconds),
                        "options", options.toString(),
                        "config", learner.network().config().json());
        Safetensors.write(out.resolve(FILE), tensors, metadata);
    }

    /**
     * Restores a learner.
     *
     * @throws IOException if the state is of another network or other options
     */
    static TrainingState restore(Path out, Learner learner, TrainOptions options)
            throws IOException {
        Path file = out.resolve(FILE);
        if (!Files.exists(file)) {
            throw new IOException("nothing to resume: there is no " + file);
        }
        Tensors saved = Safetensors.read(file);
        expect(file, "network", saved, "config", learner.network().config().json());
        expect(file, "options", saved, "options", options.toString());
        for (Map.Entry<String, NDArray> array : arrays(learner).entrySet()) {
            float[] values = saved.get(array.getKey()).toFloats();
            array.getValue().set(values);
        }
        learner.steps(Long.parseLong(value(saved, "steps")));
        return new TrainingState(
                Integer.parseInt(value(saved, "epochs")),
                learner.steps(),
                Double.parseDouble(value(saved, "seconds")));
    }

    private static void expect(Path file, String what, Tensors saved, String key, String expected)
            throws IOException {
        String found = value(saved, key);
        if (!found.equals(expected)) {
            throw new IOException(
                    "%s was written with other %s; resume with the same ones.%nsaved: %s%nnow:   %s"
                            .formatted(file, what, found, expected));
        }
    }

    private static String value(Tensors saved, String key) {
        return saved.metadata().getOrDefault(key, "");
    }

    private static Map<String, NDArray> arrays(Learner learner) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        learner.weights().arrays().forEach((name, array) -> arrays.put("weight." + name, array));
        learner.average().arrays().forEach((name, array) -> arrays.put("average." + name, array));
        arrays.putAll(learner.optimiserState());
        return arrays;
    }
}
