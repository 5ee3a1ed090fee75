package io.dmst.core.math;

import java.util.Arrays;

/**
 * How much of every token each group takes, and what that says about one layer.
 *
 * <pre>
 * N_k        = Σ_j Π_jk                    mass of a group, in tokens
 * usage_k    = N_k / N                     sums to 1
 * entropy_j  = − Σ_k Π_jk ln Π_jk          in nats: 0 for one group alone, ln K where none is preferred
 * </pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param Pi memberships (N×K), none negative; the rows of an operator's sum to one
 */
public record Membership(Matrix Pi) {

    public Membership {
        for (double share : Pi.toArray()) {
            if (!(share >= 0)) {
                throw new IllegalArgumentException(
                        "expected memberships of at least 0, got " + share);
            }
        }
    }

    /**
     * The membership that a probe saw.
     *
     * @param rows {@code [N, K]}, token after token
     * @param groups K
     */
    public static Membership of(float[] rows, int groups) {
        return new Membership(
                Matrix.generate(rows.length / groups, groups, (j, k) -> rows[j * groups + k]));
    }

    /** N. */
    public int tokens() {
        return Pi.rows();
    }

    /** K. */
    public int groups() {
        return Pi.cols();
    }

    /** N_k of every group, summing to N. */
    public double[] mass() {
        return Pi.columnSums().toArray();
    }

    /** Share of the tokens that every group takes, summing to 1. */
    public double[] usage() {
        return Arrays.stream(mass()).map(mass -> mass / tokens()).toArray();
    }

    /** Entropy of every token's membership, in nats, from 0 to ln K. */
    public double[] entropy() {
        double[] entropy = new double[tokens()];
        for (int j = 0; j < tokens(); j++) {
            for (int k = 0; k < groups(); k++) {
                double p = Pi.at(j, k);
                entropy[j] -= p > 0 ? p * Math.log(p) : 0;
            }
        }
        return entropy;
    }

    /** Mean entropy of a token, in nats. */
    public double meanEntropy() {
        return Arrays.stream(entropy()).sum() / tokens();
    }
}
