package io.dmst.lab.train;

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
 * @param seconds of the steps
 * @param imagesPerSecond while training
 * @param evaluation of the averaged weights on the validation images
 */
record EpochResult(
        int epoch,
        long steps,
        double learningRate,
        double trainLoss,
        double trainAccuracy,
        double gradientNorm,
        double seconds,
        double imagesPerSecond,
        Optional<Evaluation> evaluation) {

    static EpochResult of(
            int epoch,
            long steps,
            double rate,
            EpochTotals totals,
            Optional<Evaluation> evaluation) {
        return new EpochResult(
                epoch,
                steps,
                rate,
                totals.meanLoss(),
                totals.accuracy(),
                totals.gradientNorm() / totals.batches(),
                totals.seconds(),
                totals.images() / totals.seconds(),
                evaluation);
    }
}
