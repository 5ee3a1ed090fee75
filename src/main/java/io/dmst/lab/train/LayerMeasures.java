package io.dmst.lab.train;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Membership;
import io.dmst.core.math.TssaSpecification;

/**
 * What the attention of one layer does, averaged over images.
 *
 * @param entropy of the memberships of a token, in nats; ln K when no group is preferred
 * @param usage share of the tokens that each group takes; sums to 1
 * @param compression R_c^var in nats of the projected tokens, scaled so that their mean squared
 *     norm is 1, at ε² = 0.01
 */
record LayerMeasures(double entropy, double[] usage, double compression) {

    /**
     * The statistics of one image.
     *
     * @param config K groups, N tokens
     * @param membership {@code [N, K]}
     * @param moments {@code [K, a]} over a axes
     * @param selection {@code [K, a]}, m²
     */
    static LayerMeasures of(
            ModelConfig config, float[] membership, float[] moments, float[] selection) {
        int groups = config.numHeads();
        int channels = config.embedDim();
        Membership Pi = Membership.of(membership, groups);
        double compression =
                CodingRate.variationalOfUnitTokens(
                        TssaSpecification.amongAllAxes(moments, groups, channels),
                        Pi,
                        TssaSpecification.amongAllAxes(selection, groups, channels),
                        CodingRate.EPSILON_SQUARED);
        return new LayerMeasures(Pi.meanEntropy(), Pi.usage(), compression);
    }

    LayerMeasures plus(LayerMeasures other) {
        double[] sum = usage.clone();
        for (int k = 0; k < sum.length; k++) {
            sum[k] += other.usage[k];
        }
        return new LayerMeasures(entropy + other.entropy, sum, compression + other.compression);
    }

    LayerMeasures over(int images) {
        double[] mean = usage.clone();
        for (int k = 0; k < mean.length; k++) {
            mean[k] /= images;
        }
        return new LayerMeasures(entropy / images, mean, compression / images);
    }
}
