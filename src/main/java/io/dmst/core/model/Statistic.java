package io.dmst.core.model;

import io.dmst.core.math.CodingRate;

/**
 * What every layer's attention says about itself in every forward pass, stacked over the layers.
 * Shapes: B images, L layers, K groups. Only of attention with a membership (DMSA and TSSA).
 */
public enum Statistic {
    /**
     * R_c^var {@code [B, L]} of the projected tokens, scaled so that their mean squared norm is 1,
     * at {@link CodingRate#EPSILON_SQUARED}; nats.
     */
    CODING_RATE(
            "coding_rate",
            "variational compression of every layer in nats, tokens of mean squared norm 1, eps2 = "
                    + CodingRate.EPSILON_SQUARED),
    /** Mean entropy {@code [B, L]} of a token's membership; nats, 0 to ln K. */
    ENTROPY("entropy", "mean entropy of a token's membership in every layer, nats"),
    /** Share {@code [B, L, K]} of the tokens that each group takes; sums to 1 over the groups. */
    USAGE("usage", "share of the tokens that every group of every layer takes");

    private final String word;
    private final String meaning;

    Statistic(String word, String meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    /** The word for it in output names and documents. */
    public String word() {
        return word;
    }

    /** What it is, in one line. */
    public String meaning() {
        return meaning;
    }
}
