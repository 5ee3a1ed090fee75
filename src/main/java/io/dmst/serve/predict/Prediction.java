package io.dmst.serve.predict;

import io.dmst.core.engine.ProbeValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer about one image. The arrays belong to whoever receives it.
 *
 * @param probabilities {@code [classes]}, each in [0, 1], summing to one, all finite
 * @param logits {@code [classes]}
 * @param layers what every layer says about itself; absent where attention has no membership
 * @param typicality in [0, 1], how usual the layers' statistics are for this model; absent without
 *     a reference
 * @param trace the probes that the request asked for, by name
 * @param timing of this image
 */
@SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
public record Prediction(
        float[] probabilities,
        float[] logits,
        @Nullable LayerStatistics layers,
        @Nullable Double typicality,
        Map<String, ProbeValues> trace,
        Timing timing)
        implements Outcome {

    public Prediction {
        trace = Map.copyOf(trace);
    }

    /** Of a model that says nothing about its layers. */
    public Prediction(
            float[] probabilities, float[] logits, Map<String, ProbeValues> trace, Timing timing) {
        this(probabilities, logits, null, null, trace, timing);
    }

    /** The same with a typicality. */
    Prediction typical(double howUsual) {
        return new Prediction(probabilities, logits, layers, howUsual, trace, timing);
    }

    /** The same, computed by a gateway itself since no inference node answered. */
    public Prediction asFallback() {
        Timing here = new Timing(timing.queue(), timing.compute(), timing.batchSize(), true);
        return new Prediction(probabilities, logits, layers, typicality, trace, here);
    }

    /** The most probable class; of equally probable ones the first. */
    public int mostProbable() {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Probability of the most likely class, in [0, 1]. */
    public double confidence() {
        float most = 0;
        for (float probability : probabilities) {
            most = Math.max(most, probability);
        }
        return most;
    }
}
