package io.dmst.train;

import ai.djl.Device;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.train.data.DataOptions;
import java.nio.file.Path;

/**
 * What to train, on what, and where to.
 *
 * @param data where the images come from and how they are divided and read
 * @param config the network; its name, input size and preprocessing; the classes come from the data
 * @param options how
 * @param out directory of the model, its metrics and its state
 * @param resume whether to go on from the state in {@code out}
 * @param device what computes
 * @param command as the user gave it, for the model card
 */
public record TrainingRequest(
        DataOptions data,
        ModelConfig config,
        TrainOptions options,
        Path out,
        boolean resume,
        Device device,
        String command) {}
