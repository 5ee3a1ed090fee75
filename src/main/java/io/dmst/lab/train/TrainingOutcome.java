package io.dmst.lab.train;

/** How a training has ended. */
public sealed interface TrainingOutcome {

    /**
     * All epochs are done, and the directory holds the model of the best one.
     *
     * @param bestEpoch counted from 1
     * @param accuracy share of the test images that are named rightly
     * @param balancedAccuracy mean of that share over the classes
     * @param testImages how many there are
     */
    record Finished(int bestEpoch, double accuracy, double balancedAccuracy, int testImages)
            implements TrainingOutcome {}

    /**
     * It was told to stop; its state is saved.
     *
     * @param epoch in which it has stopped, counted from 1
     * @param batches of that epoch that are done
     */
    record Stopped(int epoch, int batches) implements TrainingOutcome {}
}
