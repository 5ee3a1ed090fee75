package io.dmst.inference;

import java.util.Map;

/**
 * A model's answer about one image. The arrays belong to whoever receives it.
 *
 * @param probabilities {@code [classes]}, each in [0, 1], summing to one, all finite
 * @param logits {@code [classes]}
 * @param trace the probes that the request asked for, by name
 * @param timing of this image
 */
@SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
public record Prediction(
        float[] probabilities, float[] logits, Map<String, ProbeValues> trace, Timing timing)
        implements Outcome {

    public Prediction {
        trace = Map.copyOf(trace);
    }
}
