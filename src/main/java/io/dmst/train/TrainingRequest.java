package io.dmst.train;

import ai.djl.Device;
import io.dmst.checkpoint.ModelConfig;
import java.nio.file.Path;

/**
 * What to train, on what, and where to.
 *
 * @param data directory or zip
 * @param config the network; its name, input size and preprocessing; the classes come from the data
 * @param options how
 * @param out directory of the model, its metrics and its state
 * @param badData what to do about bad data
 * @param resume whether to go on from the state in {@code out}
 * @param device what computes
 * @param command as the user gave it, for the model card
 */
public record TrainingRequest(
        Path data,
        ModelConfig config,
        TrainOptions options,
        Path out,
        BadData badData,
        boolean resume,
        Device device,
        String command) {}
