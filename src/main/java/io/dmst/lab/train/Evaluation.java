package io.dmst.lab.train;

import java.util.List;

/**
 * How good a network is on a set of images.
 *
 * @param images how many
 * @param loss mean cross-entropy in nats
 * @param accuracy share of images whose class is first
 * @param balancedAccuracy mean of that share over the classes
 * @param layers statistics of the attention per layer; none for an attention without membership
 */
record Evaluation(
        int images,
        double loss,
        double accuracy,
        double balancedAccuracy,
        List<LayerMeasures> layers) {

    private static final double TIE = 1e-7;

    Evaluation {
        layers = List.copyOf(layers);
    }

    /** Whether it speaks more for its weights: more hits, or as many at less loss. */
    boolean betterThan(Evaluation other) {
        double gain = accuracy - other.accuracy;
        // one is perhaps read from a file that rounds
        return Math.abs(gain) < TIE ? loss < other.loss : gain > 0;
    }
}
