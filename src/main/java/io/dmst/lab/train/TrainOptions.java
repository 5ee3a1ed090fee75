package io.dmst.lab.train;

import io.dmst.lab.train.augment.AugmentOptions;
import io.dmst.lab.train.data.ClassWeights;

/**
 * How to train. The defaults have their home in {@link #DEFAULT} and {@link #FROZEN_STEM}.
 *
 * @param epochs passes over the training images
 * @param batchSize images per step
 * @param optimisation of the weights
 * @param regularisation of the network
 * @param augmentation of the images
 * @param sampling of the images
 * @param fineTuning of weights that are given
 * @param distillation from a teacher
 * @param seed of everything random
 * @param evaluateEvery epochs between two evaluations; the last epoch is always evaluated
 */
public record TrainOptions(
        int epochs,
        int batchSize,
        Optimisation optimisation,
        Regularisation regularisation,
        AugmentOptions augmentation,
        Sampling sampling,
        FineTuning fineTuning,
        Distillation distillation,
        long seed,
        int evaluateEvery) {

    /** A short training on small images. */
    public static final TrainOptions DEFAULT =
            new TrainOptions(
                    30,
                    128,
                    Optimisation.DEFAULT,
                    Regularisation.DEFAULT,
                    AugmentOptions.DEFAULT,
                    Sampling.DEFAULT,
                    FineTuning.NONE,
                    Distillation.NONE,
                    0,
                    1);

    /**
     * On features of a frozen stem, of which a step costs little: few images a class are enough.
     */
    public static final TrainOptions FROZEN_STEM =
            new TrainOptions(
                    40,
                    32,
                    Optimisation.DEFAULT,
                    new Regularisation(0.1, 0.0, 0.2),
                    new AugmentOptions(true, 0, 0.4, 0.2, 0, 5, 0.4, 0, 0),
                    new Sampling(0.5, ClassWeights.NONE),
                    new FineTuning(Freeze.STEM, 1.0, 5),
                    Distillation.NONE,
                    0,
                    1);

    public TrainOptions {
        Require.that(epochs >= 1, "epochs must be at least 1, not " + epochs);
        Require.that(batchSize >= 2, "batch size must be at least 2, not " + batchSize);
        Require.that(evaluateEvery >= 1, "evaluate-every must be at least 1, not " + evaluateEvery);
    }
}
