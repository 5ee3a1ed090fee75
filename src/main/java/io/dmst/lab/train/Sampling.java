package io.dmst.lab.train;

import io.dmst.lab.train.data.ClassWeights;

/**
 * What is done about classes of different sizes.
 *
 * @param balance power p of drawing an image with a weight of {@code n_class^-p}; 0 takes every
 *     image once an epoch
 * @param classWeights what the loss of an image counts
 */
public record Sampling(double balance, ClassWeights classWeights) {

    /** Every image counts the same. */
    public static final Sampling DEFAULT = new Sampling(0, ClassWeights.NONE);

    public Sampling {
        Require.that(balance >= 0 && balance <= 1, "balance must be in [0, 1], not " + balance);
    }
}
