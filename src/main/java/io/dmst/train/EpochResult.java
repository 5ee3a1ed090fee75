package io.dmst.train;

import java.util.Optional;

/**
 * What one epoch brought.
 *
 * @param epoch counted from 1
 * @param steps taken since the start of the training
 * @param learningRate of the last step
 * @param trainLoss mean over the epoch's steps, in nats
 * @param trainAccuracy share of hits on the augmented images
 * @param gradientNorm mean before clipping
 * @param imagesPerSecond while training
 * @param evaluation of the averaged weights on the test images
 */
record EpochResult(
        int epoch,
        long steps,
        double learningRate,
        double trainLoss,
        double trainAccuracy,
        double gradientNorm,
        double imagesPerSecond,
        Optional<Evaluation> evaluation) {

    /** The same epoch, evaluated. */
    EpochResult with(Evaluation found) {
        return new EpochResult(
                epoch,
                steps,
                learningRate,
                trainLoss,
                trainAccuracy,
                gradientNorm,
                imagesPerSecond,
                Optional.of(found));
    }
}
