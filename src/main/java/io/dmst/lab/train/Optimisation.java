package io.dmst.lab.train;

/**
 * Settings of the optimiser.
 *
 * @param learningRate peak of the schedule
 * @param decay from the peak to 0
 * @param warmUpEpochs epochs of linear warm-up
 * @param weightDecay decoupled decay of weights (not of norms, biases, temperatures, thresholds)
 * @param clipNorm largest global norm of a gradient
 * @param emaDecay of the averaged weights that are evaluated and saved
 */
public record Optimisation(
        double learningRate,
        LearningRateDecay decay,
        double warmUpEpochs,
        double weightDecay,
        double clipNorm,
        double emaDecay) {

    /** For training from scratch. */
    public static final Optimisation DEFAULT =
            new Optimisation(2e-3, LearningRateDecay.COSINE, 2, 0.05, 1.0, 0.999);

    public Optimisation {
        Require.that(learningRate > 0, "learning rate must be positive, not " + learningRate);
        Require.that(warmUpEpochs >= 0, "warm-up must not be negative, not " + warmUpEpochs);
        Require.that(weightDecay >= 0, "weight decay must not be negative, not " + weightDecay);
        Require.that(clipNorm > 0, "the gradient's largest norm must be positive, not " + clipNorm);
        Require.share(emaDecay, "EMA decay");
    }
}
