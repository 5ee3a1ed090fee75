package io.dmst.train;

import io.dmst.train.augment.AugmentOptions;
import io.dmst.train.data.BatchOptions;
import io.dmst.train.data.ClassWeights;

/**
 * How to train. The defaults have their home in {@link #DEFAULT}.
 *
 * @param epochs passes over the training images
 * @param batchSize images per step
 * @param learningRate peak of the schedule
 * @param warmUpEpochs epochs of linear warm-up
 * @param weightDecay decoupled decay of weights (not of norms, biases, temperatures, thresholds)
 * @param clipNorm largest global norm of a gradient
 * @param labelSmoothing probability mass spread over all classes
 * @param emaDecay of the averaged weights that are evaluated and saved
 * @param dropPath probability of dropping a residual branch, per image
 * @param augmentation of the images
 * @param seed of everything random
 * @param evaluateEvery epochs between two evaluations; the last epoch is always evaluated
 * @param balance power of sampling by the inverse size of classes; 0 is a plain shuffle
 * @param classWeights what the loss of an image counts, by its class
 */
public record TrainOptions(
        int epochs,
        int batchSize,
        double learningRate,
        double warmUpEpochs,
        double weightDecay,
        double clipNorm,
        double labelSmoothing,
        double emaDecay,
        double dropPath,
        AugmentOptions augmentation,
        long seed,
        int evaluateEvery,
        double balance,
        ClassWeights classWeights) {

    /** A short training on small images. */
    public static final TrainOptions DEFAULT =
            new TrainOptions(
                    30,
                    128,
                    2e-3,
                    2,
                    0.05,
                    1.0,
                    0.1,
                    0.999,
                    0.0,
                    AugmentOptions.DEFAULT,
                    0,
                    1,
                    0,
                    ClassWeights.NONE);

    public TrainOptions {
        require(epochs >= 1, "epochs must be at least 1, not " + epochs);
        require(batchSize >= 2, "batch size must be at least 2, not " + batchSize);
        require(learningRate > 0, "learning rate must be positive, not " + learningRate);
        require(warmUpEpochs >= 0, "warm-up must not be negative, not " + warmUpEpochs);
        require(weightDecay >= 0, "weight decay must not be negative, not " + weightDecay);
        require(clipNorm > 0, "the gradient's largest norm must be positive, not " + clipNorm);
        require(unit(labelSmoothing), "label smoothing must be in [0, 1), not " + labelSmoothing);
        require(unit(emaDecay), "EMA decay must be in [0, 1), not " + emaDecay);
        require(unit(dropPath), "stochastic depth must be in [0, 1), not " + dropPath);
        require(evaluateEvery >= 1, "evaluate-every must be at least 1, not " + evaluateEvery);
        require(
                balance >= 0 && balance <= 1,
                "the power of balanced sampling must be in [0, 1], not " + balance);
    }

    /** Of training batches; the network uses no batch statistics. */
    BatchOptions batches() {
        return new BatchOptions(batchSize, 1, labelSmoothing, balance, classWeights, seed);
    }

    private static boolean unit(double value) {
        return value >= 0 && value < 1;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
