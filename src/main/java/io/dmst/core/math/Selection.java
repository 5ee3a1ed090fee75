package io.dmst.core.math;

/**
 * How the sparse subspaces {@code U_k = S Diag(m_k)} are selected from the full space S. The result
 * is the squared mask m² (K×d, 0 = axis dropped); λ_k = softplus(θ_k) is the soft threshold.
 *
 * <p>Implementations are immutable and thread-safe. Source: this project's derivation from the
 * abstract of arXiv 2601.17042, which says no more than that the subspaces are sparse and derived
 * from one full space.
 */
public sealed interface Selection {

    /**
     * m² (K×d).
     *
     * @param s second moments (K×d)
     */
    Matrix of(Matrix s);

    /**
     * Vector-Jacobian product of {@link #of}.
     *
     * @param s second moments (K×d)
     * @param cotangent gradient with respect to m² (K×d)
     */
    Gradients gradients(Matrix s, Matrix cotangent);

    /**
     * Gradients with respect to what a selection depends on; zeros where it does not.
     *
     * @param secondMoments of s (K×d)
     * @param theta of θ (1×K)
     * @param mask of M (K×d)
     */
    record Gradients(Matrix secondMoments, Matrix theta, Matrix mask) {}

    /** All groups share all axes (sparsifier {@code none}). */
    static Selection whole(int groups, int channels) {
        return new Fixed(Matrix.filled(groups, channels, 1));
    }

    /**
     * A selection that is given.
     *
     * @param m2 squared mask (K×d)
     */
    record Fixed(Matrix m2) implements Selection {
        @Override
        public Matrix of(Matrix s) {
            return m2.zip(s, (m, moment) -> m);
        }

        @Override
        public Gradients gradients(Matrix s, Matrix cotangent) {
            Matrix zero = Matrix.filled(s.rows(), s.cols(), 0);
            return new Gradients(zero, Matrix.filled(1, s.rows(), 0), zero);
        }
    }

    /**
     * Depends on the data: an axis that carries little of a group's energy is dropped exactly.
     *
     * <pre>
     * r_ki = s_ki / (mean_i s_ki + 1e-8),   m²_ki = max(r_ki − λ_k, 0) / (r_ki + 1e-6)
     * </pre>
     *
     * @param theta θ (1×K)
     */
    record Moment(Matrix theta) implements Selection {
        private static final double MEAN_GUARD = 1e-8;
        private static final double RATIO_GUARD = 1e-6;

        @Override
        public Matrix of(Matrix s) {
            requirePerGroup(theta, s);
            Matrix r = ratios(s);
            return Matrix.generate(
                    s.rows(),
                    s.cols(),
                    (k, i) ->
                            Math.max(r.at(k, i) - threshold(theta, k), 0)
                                    / (r.at(k, i) + RATIO_GUARD));
        }

        @Override
        public Gradients gradients(Matrix s, Matrix cotangent) {
            Matrix r = ratios(s);
            Matrix dLambda =
                    Matrix.generate(
                            s.rows(),
                            s.cols(),
                            (k, i) ->
                                    r.at(k, i) > threshold(theta, k)
                                            ? -cotangent.at(k, i) / (r.at(k, i) + RATIO_GUARD)
                                            : 0);
            Matrix dr =
                    Matrix.generate(
                            s.rows(),
                            s.cols(),
                            (k, i) ->
                                    -dLambda.at(k, i)
                                            * (threshold(theta, k) + RATIO_GUARD)
                                            / (r.at(k, i) + RATIO_GUARD));
            Matrix means = means(s);
            Matrix shared = rowSums(dr.hadamard(r)).scaled(1.0 / s.cols());
            Matrix ds =
                    Matrix.generate(
                            s.rows(),
                            s.cols(),
                            (k, i) ->
                                    (dr.at(k, i) - shared.at(k, 0))
                                            / (means.at(k, 0) + MEAN_GUARD));
            return new Gradients(
                    ds, thetaGradient(theta, dLambda), Matrix.filled(s.rows(), s.cols(), 0));
        }

        private static Matrix ratios(Matrix s) {
            Matrix means = means(s);
            return Matrix.generate(
                    s.rows(), s.cols(), (k, i) -> s.at(k, i) / (means.at(k, 0) + MEAN_GUARD));
        }

        private static Matrix means(Matrix s) {
            return rowSums(s).scaled(1.0 / s.cols());
        }
    }

    /**
     * Learned, and fixed after training: {@code m_ki = sign(M_ki) · max(|M_ki| − λ_k, 0)}.
     *
     * @param M mask before the soft threshold (K×d)
     * @param theta θ (1×K)
     */
    record Mask(Matrix M, Matrix theta) implements Selection {
        public Mask {
            requirePerGroup(theta, M);
        }

        @Override
        public Matrix of(Matrix s) {
            return thresholded().squared().zip(s, (m, moment) -> m);
        }

        @Override
        public Gradients gradients(Matrix s, Matrix cotangent) {
            Matrix m = thresholded();
            Matrix dM = m.zip(cotangent, (mask, gradient) -> 2 * mask * gradient);
            Matrix dLambda = dM.zip(M, (gradient, mask) -> -Math.signum(mask) * gradient);
            return new Gradients(
                    Matrix.filled(s.rows(), s.cols(), 0), thetaGradient(theta, dLambda), dM);
        }

        private Matrix thresholded() {
            return Matrix.generate(
                    M.rows(),
                    M.cols(),
                    (k, i) ->
                            Math.signum(M.at(k, i))
                                    * Math.max(Math.abs(M.at(k, i)) - threshold(theta, k), 0));
        }
    }

    private static void requirePerGroup(Matrix theta, Matrix groups) {
        if (theta.rows() != 1 || theta.cols() != groups.rows()) {
            throw new IllegalArgumentException(
                    "expected one threshold for each of %d groups, got %s"
                            .formatted(groups.rows(), theta));
        }
    }

    private static double threshold(Matrix theta, int k) {
        double t = theta.at(0, k);
        return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
    }

    private static Matrix thetaGradient(Matrix theta, Matrix dLambda) {
        Matrix sums = rowSums(dLambda);
        return Matrix.generate(
                1, theta.cols(), (one, k) -> sums.at(k, 0) / (1 + Math.exp(-theta.at(0, k))));
    }

    private static Matrix rowSums(Matrix A) {
        return A.times(Matrix.filled(A.cols(), 1, 1));
    }
}
