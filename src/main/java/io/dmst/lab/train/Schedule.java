package io.dmst.lab.train;

/**
 * Learning rate over the steps: linear warm-up from 0, then down to 0.
 *
 * @param peak rate at the end of the warm-up
 * @param decay after the warm-up
 * @param warmUpSteps steps of the linear part
 * @param steps of the whole training
 */
record Schedule(double peak, LearningRateDecay decay, long warmUpSteps, long steps) {

    /**
     * The rate of one step.
     *
     * @param step counted from 0
     */
    double rate(long step) {
        if (step < warmUpSteps) {
            return peak * (step + 1) / warmUpSteps;
        }
        double progress = (double) (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
        return peak * decay.left(Math.min(1, progress));
    }
}
