package io.dmst.train;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.math.CodingRate;
import io.dmst.math.Matrix;
import io.dmst.math.Tssa;
import java.util.Arrays;

/**
 * What the attention of one layer does, averaged over images.
 *
 * @param entropy of the memberships of a token, in nats; ln K when no group is preferred
 * @param usage share of the tokens that each group takes; sums to 1
 * @param compression R_c^var in nats of the projected tokens, scaled so that their mean squared
 *     norm is 1, at ε² = 0.01
 */
record LayerStatistics(double entropy, double[] usage, double compression) {

    /** Allowed squared error per token. */
    static final double EPSILON_SQUARED = 0.01;

    /**
     * The statistics of one image.
     *
     * @param config K groups, N tokens
     * @param membership {@code [N, K]}
     * @param moments {@code [K, a]} over a axes
     * @param selection {@code [K, a]}, m²
     */
    static LayerStatistics of(
            ModelConfig config, float[] membership, float[] moments, float[] selection) {
        int n = config.tokens();
        int groups = config.numHeads();
        double entropy = 0;
        double[] usage = new double[groups];
        for (int i = 0; i < n * groups; i++) {
            double p = membership[i];
            entropy -= p > 0 ? p * Math.log(p) : 0;
            usage[i % groups] += p;
        }
        for (int k = 0; k < groups; k++) {
            usage[k] /= n;
        }
        return new LayerStatistics(
                entropy / n, usage, compression(usage, moments, selection, n, config.embedDim()));
    }

    private static double compression(
            double[] usage, float[] moments, float[] selection, int tokens, int channels) {
        int groups = usage.length;
        int axes = moments.length / groups;
        double energy = 0;
        for (int i = 0; i < moments.length; i++) {
            energy += usage[i / axes] * moments[i];
        }
        double unit = 1 / Math.max(energy, 1e-12);
        Matrix s = Matrix.generate(groups, axes, (k, i) -> unit * moments[k * axes + i]);
        Matrix m2 = Matrix.generate(groups, axes, (k, i) -> selection[k * axes + i]);
        double[] mass = Arrays.stream(usage).map(share -> share * tokens).toArray();
        boolean ownBlocks = axes < channels;
        return CodingRate.variational(
                ownBlocks ? Tssa.onOwnBlocks(s) : s,
                mass,
                ownBlocks ? Tssa.onOwnBlocks(m2) : m2,
                tokens,
                EPSILON_SQUARED);
    }

    LayerStatistics plus(LayerStatistics other) {
        double[] sum = usage.clone();
        for (int k = 0; k < sum.length; k++) {
            sum[k] += other.usage[k];
        }
        return new LayerStatistics(entropy + other.entropy, sum, compression + other.compression);
    }

    LayerStatistics over(int images) {
        double[] mean = usage.clone();
        for (int k = 0; k < mean.length; k++) {
            mean[k] /= images;
        }
        return new LayerStatistics(entropy / images, mean, compression / images);
    }
}
