package io.dmst.train;

/**
 * Learning rate over the steps: linear warm-up from 0, then half a cosine down to 0 (arXiv
 * 1608.03983).
 *
 * @param peak rate at the end of the warm-up
 * @param warmUpSteps steps of the linear part
 * @param steps of the whole training
 */
record Schedule(double peak, long warmUpSteps, long steps) {

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
        return 0.5 * peak * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    }
}
