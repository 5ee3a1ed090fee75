package io.dmst.lab.train.data;

/**
 * How the images of an epoch become batches.
 *
 * @param batchSize images per batch
 * @param smallest batch that the network takes; 2 where it uses batch statistics
 * @param labelSmoothing probability mass spread over all classes
 * @param balance power p of sampling by {@code n_class^-p}, with replacement; 0 is a plain shuffle
 * @param classWeights what the loss of an image counts
 * @param seed of everything random
 */
public record BatchOptions(
        int batchSize,
        int smallest,
        double labelSmoothing,
        double balance,
        ClassWeights classWeights,
        long seed) {

    public BatchOptions {
        if (batchSize < 1 || smallest < 1 || smallest > batchSize) {
            throw new IllegalArgumentException(
                    "expected 1 <= smallest batch <= batch size, got %d and %d"
                            .formatted(smallest, batchSize));
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException(
                    "label smoothing must be in [0, 1), not " + labelSmoothing);
        }
        if (!(balance >= 0 && balance <= 1)) {
            throw new IllegalArgumentException(
                    "the power of balanced sampling must be in [0, 1], not " + balance);
        }
    }

    /** Hard targets, every image as often as it is there. */
    public static BatchOptions plain(int batchSize) {
        return new BatchOptions(batchSize, 1, 0, 0, ClassWeights.NONE, 0);
    }
}
