package io.dmst.lab.train;

import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.djl.DjlNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that a training needs to be resumed after a kill, in one file that is replaced at the
 * end of every epoch and when a training is stopped: weights, their average, the optimiser's
 * moments, counters.
 *
 * @param epochs finished
 * @param current sums of the epoch after them, as far as it has come
 * @param seconds spent training in the epochs that are finished
 * @param best epoch whose weights the model directory holds; 0 for none
 */
record TrainingState(int epochs, EpochTotals current, double seconds, int best) {

    static final TrainingState START = new TrainingState(0, EpochTotals.NONE, 0, 0);

    private static final String FILE = "training-state.safetensors";
    private static final String OPTION = "option.";

    /** Options that may change when a training is resumed: no finished step depends on them. */
    private static final List<String> FREE = List.of("epochs", "evaluate_every");

    /** The same state with an epoch begun. */
    TrainingState within(EpochTotals totals) {
        return new TrainingState(epochs, totals, seconds, best);
    }

    static boolean exists(Path out) {
        return Files.exists(out.resolve(FILE));
    }

    /** Writes the state of a learner. */
    void save(Path out, Learner learner, Map<String, String> options) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        learner.changing().forEach((name, array) -> tensors.put(name, DjlNetwork.tensor(array)));
        Map<String, String> metadata = new HashMap<>();
        metadata.put("epochs", Integer.toString(epochs));
        metadata.put("steps", Long.toString(learner.steps()));
        metadata.put("seconds", Double.toString(seconds));
        metadata.put("best", Integer.toString(best));
        metadata.put("current", current.text());
        options.forEach((name, value) -> metadata.put(OPTION + name, value));
        Safetensors.write(out.resolve(FILE), tensors, metadata);
    }

    /**
     * Restores a learner.
     *
     * @param options of the resumed training
     * @param changed receives a line for each option that differs and may
     * @throws IOException if there is no state, or an option differs that may not
     */
    static TrainingState restore(
            Path out, Learner learner, Map<String, String> options, List<String> changed)
            throws IOException {
        Path file = out.resolve(FILE);
        if (!Files.exists(file)) {
            throw new IOException("nothing to resume: there is no " + file);
        }
        TensorMap saved = Safetensors.read(file);
        compare(file, saved, options, changed);
        for (var array : learner.changing().entrySet()) {
            array.getValue().set(saved.get(array.getKey()).toFloats());
        }
        learner.steps(Long.parseLong(value(saved, "steps")));
        return new TrainingState(
                Integer.parseInt(value(saved, "epochs")),
                EpochTotals.parse(value(saved, "current")),
                Double.parseDouble(value(saved, "seconds")),
                Integer.parseInt(value(saved, "best")));
    }

    private static void compare(
            Path file, TensorMap saved, Map<String, String> options, List<String> changed)
            throws IOException {
        Map<String, String> refused = new TreeMap<>();
        options.forEach((name, value) -> {
            String before = value(saved, OPTION + name);
            if (!saved.metadata().containsKey(OPTION + name)) {
                // an older version of the program has not known the setting
                changed.add("%s: not recorded before, %s now".formatted(name, value));
            } else if (!before.equals(value)) {
                String difference = "%s: %s before, %s now".formatted(name, before, value);
                if (FREE.contains(name)) {
                    changed.add(difference);
                } else {
                    refused.put(name, difference);
                }
            }
        });
        if (!refused.isEmpty()) {
            throw new IOException(
                    "%s is of a training with other settings: %s. Resume with the settings of before, or start anew with another --out"
                            .formatted(file, String.join("; ", refused.values())));
        }
    }

    private static String value(TensorMap saved, String key) {
        return saved.metadata().getOrDefault(key, "");
    }
}
