package io.dmst.lab.train;

import ai.djl.Device;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.lab.train.data.DataOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to train, on what, and where to.
 *
 * @param data where the images come from and how they are divided and read
 * @param config the network; its name, input size and preprocessing; the classes come from the data
 * @param start weights to begin with
 * @param options how
 * @param teacher whose class scores the network learns from, too
 * @param output where to, and what it says of itself
 * @param resume whether to resume from the state in the output's directory
 * @param stop ends the training early
 * @param device what computes
 */
public record TrainingRequest(
        DataOptions data,
        ModelConfig config,
        StartWeights start,
        TrainOptions options,
        Optional<Teacher> teacher,
        Output output,
        boolean resume,
        StopSignal stop,
        Device device) {

    /**
     * What a training leaves behind.
     *
     * @param directory of the model, its metrics and its state
     * @param cache directory of a frozen stem's features; if absent they lie inside the other one
     *     and are deleted at the end
     * @param license of the weights, for the model card; nothing is said of it if absent
     * @param command as the user gave it, for the model card
     */
    public record Output(
            Path directory, Optional<Path> cache, Optional<String> license, String command) {}

    Path out() {
        return output.directory();
    }
}
