package io.dmst.core.math;

/**
 * Coding rates, in nats: how many it takes to code the tokens up to a squared error of {@code eps2}
 * each.
 *
 * <pre>
 * R(Z)       = ½ logdet( I + d/(N ε²) ZᵀZ )
 * R_c(Z, Π)  = Σ_k N_k/(2N) logdet( I + d/(N_k ε²) Zᵀ Diag(π_k) Z ),    N_k = Σ_j Π_jk
 * ΔR         = R − R_c
 * R_c^var    = Σ_k N_k/(2N) Σ_i log( 1 + (d/ε²) m²_ki s_ki ),           s_ki = (1/N_k) Σ_j Π_jk Y_ji²
 * </pre>
 *
 * <p>Guarantees, by the concavity of logdet and Hadamard's inequality: R_c ≤ R, with equality for a
 * uniform Π; R_c ≤ R_c^var of the same tokens with a selection of one everywhere, with equality
 * when the axes are uncorrelated inside every group. A group without tokens contributes nothing.
 *
 * <p>Convention for every number that is shown: {@link #unitRows unit tokens}, ε² = 0.01; {@link
 * #bound} is then the largest possible R.
 *
 * <p>Shapes: {@code Z}, {@code Y} N×d (tokens are rows), {@code Pi} N×K (non-negative), {@code m2}
 * and second moments K×d. Shapes that do not fit, negative memberships and an {@code eps2} that is
 * not positive are refused with an {@link IllegalArgumentException}. Stateless, thread-safe.
 *
 * <p>Source: MCR² as in arXiv 2412.17810; the variational form with a sparse selection is this
 * project's derivation from the abstract of arXiv 2601.17042.
 */
public final class CodingRate {

    /** ε² of every number that is shown, unless another one is asked for. */
    public static final double EPSILON_SQUARED = 0.01;

    private CodingRate() {}

    /** R of tokens {@code Z} (N×d). */
    public static double rate(Matrix Z, double eps2) {
        requirePositive(eps2);
        return halfLogDet(Z, Z.cols() / (Z.rows() * eps2));
    }

    /** R_c of tokens {@code Z} (N×d) under a membership {@code Pi} (N×K). */
    public static double compression(Matrix Z, Matrix Pi, double eps2) {
        requirePositive(eps2);
        double[] mass = groupMass(Pi, Z).toArray();
        // with few tokens one Gram serves all groups: each scales its rows and columns by √Π
        Matrix shared = Z.rows() < Z.cols() ? Z.timesTranspose(Z) : null;
        double sum = 0;
        for (int k = 0; k < Pi.cols(); k++) {
            if (mass[k] > 0) {
                double a = Z.cols() / (mass[k] * eps2);
                Matrix gram = shared == null ? overAxes(Z, Pi, k) : overTokens(shared, Pi, k);
                sum += mass[k] * 0.5 * regularised(gram, a).logDeterminant();
            }
        }
        return sum / Z.rows();
    }

    /**
     * R_c^var of projected tokens, their second moments taken exactly.
     *
     * @param Y tokens in the full space (N×d)
     * @param Pi membership (N×K)
     * @param m2 selection (K×d), one everywhere for the whole space
     */
    public static double variational(Matrix Y, Matrix Pi, Matrix m2, double eps2) {
        Matrix mass = groupMass(Pi, Y);
        Matrix sums = Pi.transposeTimes(Y.squared());
        Matrix moments =
                Matrix.generate(
                        Pi.cols(),
                        Y.cols(),
                        (k, i) -> mass.at(0, k) > 0 ? sums.at(k, i) / mass.at(0, k) : 0);
        return variational(moments, mass.toArray(), m2, Y.rows(), eps2);
    }

    /**
     * R_c^var from what a forward pass has computed anyway. An operator's second moments carry its
     * guard (division by N_k + 1e-8), which shifts them by that part of themselves. TSSA's are
     * spread by {@link TssaSpecification#onOwnBlocks} first: d is the number of columns here.
     *
     * @param secondMoments s (K×d)
     * @param groupMass N_k of every group, K of them
     * @param m2 selection (K×d)
     * @param tokens N
     */
    public static double variational(
            Matrix secondMoments, double[] groupMass, Matrix m2, int tokens, double eps2) {
        requirePositive(eps2);
        require(groupMass.length == m2.rows(), "N_k of every group of " + m2, groupMass.length);
        double scale = m2.cols() / eps2;
        Matrix terms = m2.zip(secondMoments, (m, s) -> Math.log1p(scale * m * s));
        double sum = 0;
        for (int k = 0; k < groupMass.length; k++) {
            for (int i = 0; i < terms.cols() && groupMass[k] > 0; i++) {
                sum += groupMass[k] * terms.at(k, i);
            }
        }
        return sum / (2 * tokens);
    }

    /**
     * R_c^var of a forward pass on the scale on which rates are shown: its second moments are
     * scaled so that Σ_k N_k/N Σ_i s_ki, the mean squared norm of the projected tokens, is 1. At
     * most the {@link #bound} of d channels where no m² is over 1. Moments of zero stay zero.
     *
     * @param secondMoments s as an operator computes them (K×d; TSSA's through {@link
     *     TssaSpecification#amongAllAxes})
     * @param membership Π of the same tokens
     * @param m2 selection (K×d)
     */
    public static double variationalOfUnitTokens(
            Matrix secondMoments, Membership membership, Matrix m2, double eps2) {
        double[] usage = membership.usage();
        require(usage.length == secondMoments.rows(), "moments of every group", secondMoments);
        double energy = 0;
        for (int k = 0; k < secondMoments.rows(); k++) {
            for (int i = 0; i < secondMoments.cols(); i++) {
                energy += usage[k] * secondMoments.at(k, i);
            }
        }
        Matrix unit = secondMoments.scaled(1 / Math.max(energy, 1e-12));
        return variational(unit, membership.mass(), m2, membership.tokens(), eps2);
    }

    /** ΔR = R − R_c of tokens {@code Z} (N×d) under a membership {@code Pi} (N×K), not negative. */
    public static double reduction(Matrix Z, Matrix Pi, double eps2) {
        return rate(Z, eps2) - compression(Z, Pi, eps2);
    }

    /** ∇_Z R = a Z (I + a ZᵀZ)⁻¹ with a = d/(N ε²), in the shape of {@code Z} (N×d). */
    public static Matrix gradient(Matrix Z, double eps2) {
        requirePositive(eps2);
        double a = Z.cols() / (Z.rows() * eps2);
        if (Z.rows() < Z.cols()) {
            return new Cholesky(regularised(Z.timesTranspose(Z), a)).solve(Z.scaled(a));
        }
        return new Cholesky(regularised(Z.transposeTimes(Z), a))
                .solve(Z.transpose().scaled(a))
                .transpose();
    }

    /**
     * ½·p·ln(1 + 1/ε²): the largest R of unit tokens in p channels, reached when they spread evenly
     * over an orthonormal basis. Drawn as the 100 % line of one head.
     */
    public static double bound(int p, double eps2) {
        requirePositive(eps2);
        return 0.5 * p * Math.log1p(1 / eps2);
    }

    /** Every token scaled to unit L2 norm; a token of zeros stays as it is. */
    public static Matrix unitRows(Matrix Z) {
        double[] factors = new double[Z.rows()];
        double[] largest = new double[Z.rows()];
        for (int j = 0; j < Z.rows(); j++) {
            for (int i = 0; i < Z.cols(); i++) {
                largest[j] = Math.max(largest[j], Math.abs(Z.at(j, i)));
            }
            // in units of the largest value: squares of tiny or huge ones leave the range of a
            // double
            double square = 0;
            for (int i = 0; i < Z.cols() && largest[j] > 0; i++) {
                double value = Z.at(j, i) / largest[j];
                square += value * value;
            }
            factors[j] = Math.sqrt(square);
        }
        return Matrix.generate(
                Z.rows(),
                Z.cols(),
                (j, i) -> largest[j] > 0 ? Z.at(j, i) / largest[j] / factors[j] : 0);
    }

    private static double halfLogDet(Matrix Z, double a) {
        Matrix gram = Z.rows() < Z.cols() ? Z.timesTranspose(Z) : Z.transposeTimes(Z);
        return 0.5 * regularised(gram, a).logDeterminant();
    }

    /** Zᵀ Diag(π_k) Z. */
    private static Matrix overAxes(Matrix Z, Matrix Pi, int k) {
        Matrix weighted =
                Matrix.generate(Z.rows(), Z.cols(), (j, i) -> Math.sqrt(Pi.at(j, k)) * Z.at(j, i));
        return weighted.transposeTimes(weighted);
    }

    /** Diag(√π_k) Z Zᵀ Diag(√π_k), of the same determinant. */
    private static Matrix overTokens(Matrix gram, Matrix Pi, int k) {
        double[] roots = new double[Pi.rows()];
        for (int j = 0; j < roots.length; j++) {
            roots[j] = Math.sqrt(Pi.at(j, k));
        }
        return Matrix.generate(
                gram.rows(), gram.cols(), (j, l) -> roots[j] * gram.at(j, l) * roots[l]);
    }

    private static Matrix regularised(Matrix gram, double a) {
        return Matrix.generate(
                gram.rows(), gram.cols(), (i, j) -> (i == j ? 1 : 0) + a * gram.at(i, j));
    }

    private static Matrix groupMass(Matrix Pi, Matrix Z) {
        require(Pi.rows() == Z.rows(), "a membership for every token of " + Z, Pi);
        for (double membership : Pi.toArray()) {
            require(membership >= 0, "memberships of at least 0", membership);
        }
        return Pi.columnSums();
    }

    private static void requirePositive(double eps2) {
        require(eps2 > 0, "a positive eps2", eps2);
    }

    private static void require(boolean holds, String expected, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException("expected %s, got %s".formatted(expected, actual));
        }
    }
}
