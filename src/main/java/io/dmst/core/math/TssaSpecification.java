package io.dmst.core.math;

/**
 * Token statistics self-attention of ToST, the baseline, as its published code computes it (not the
 * paper's formula: normalised per channel, an output layer of its own, no step size). Linear in the
 * number of tokens.
 *
 * <pre>
 * W      = X A + b, split into K heads of p = d/K channels
 * Ŵ_ji   = W_ji / max(‖W_·i‖, 1e-12)                       norm over the tokens
 * Π_jk   = softmax_k( temp_k · Σ_{i in head k} Ŵ_ji² )
 * s_ki   = Σ_j Π_jk W_ji² / (Σ_j Π_jk + 1e-8)              for i in head k
 * out_ji = − Π_jk W_ji / (1 + s_ki)                        for i in head k; then the output layer
 * </pre>
 *
 * <p>Written over heads and on its own, so that it can be compared with {@link DmsaSpecification},
 * of which it is the case of one block of axes per group and this Π. Its second moments and its
 * selection are zero outside a group's own block.
 *
 * <p>Immutable and thread-safe. Source: arXiv 2412.17810 and its published code.
 *
 * @param A projection with its bias (d×d)
 * @param temp temperatures (1×K), K divides d
 * @param O output layer (d×d)
 */
public record TssaSpecification(Linear A, Matrix temp, Linear O) {

    private static final double MASS_GUARD = 1e-8;
    private static final double NORM_GUARD = 1e-12;

    public TssaSpecification {
        if (temp.rows() != 1 || A.weight().cols() % temp.cols() != 0) {
            throw new IllegalArgumentException(
                    "expected one temperature for each of the heads of %d channels, got %s"
                            .formatted(A.weight().cols(), temp));
        }
    }

    /**
     * Gradients of ⟨cotangent, output⟩.
     *
     * @param X of the tokens (N×d)
     * @param A of the projection
     * @param temp of the temperatures (1×K)
     * @param O of the output layer
     */
    public record Gradients(Matrix X, Linear A, Matrix temp, Linear O) {}

    /** The operator on one image's tokens {@code X} (N×d). */
    public GroupAttention forward(Matrix X) {
        Matrix W = A.apply(X);
        Matrix Pi = membership(W);
        Matrix s = secondMoments(W, Pi);
        int p = W.cols() / temp.cols();
        return new GroupAttention(
                O.apply(gated(W, Pi, s)),
                Pi,
                onOwnBlocks(Matrix.of(temp.cols(), p, s.toArray())),
                onOwnBlocks(Matrix.filled(temp.cols(), p, 1)));
    }

    /**
     * Values of every group's own axes, placed among all axes with zeros elsewhere: of K×p second
     * moments the form that {@link CodingRate} takes, of ones the selection.
     *
     * @param own values of group k on its p axes (K×p)
     * @return group k on channels k·p … (k+1)·p − 1 (K×d, d = K·p)
     */
    public static Matrix onOwnBlocks(Matrix own) {
        int p = own.cols();
        return Matrix.generate(
                own.rows(), own.rows() * p, (k, i) -> i / p == k ? own.at(k, i % p) : 0);
    }

    /**
     * What a probe of either operator saw, on all axes: {@link #onOwnBlocks} where it has a group's
     * own ones alone, itself otherwise.
     *
     * @param values {@code [K, p]} or {@code [K, d]}
     * @param groups K
     * @param channels d
     * @return K×d
     */
    public static Matrix amongAllAxes(float[] values, int groups, int channels) {
        int axes = values.length / groups;
        Matrix given = Matrix.generate(groups, axes, (k, i) -> values[k * axes + i]);
        return axes < channels ? onOwnBlocks(given) : given;
    }

    /**
     * Vector-Jacobian product.
     *
     * @param X one image's tokens (N×d)
     * @param cotangent gradient with respect to the output (N×d)
     */
    public Gradients gradients(Matrix X, Matrix cotangent) {
        Matrix W = A.apply(X);
        Matrix Pi = membership(W);
        Matrix s = secondMoments(W, Pi);
        Matrix mass = Pi.columnSums();
        Matrix dOut = O.pullBack(cotangent).scaled(-1);

        Matrix ds = secondMomentGradient(W, Pi, s, dOut);
        Matrix dSums =
                Matrix.generate(
                        1, W.cols(), (one, i) -> ds.at(0, i) / (mass.at(0, head(i)) + MASS_GUARD));
        Matrix dLogits = Softmax.gradient(Pi, membershipGradient(W, s, dOut, dSums));
        Matrix dW =
                Matrix.generate(
                                W.rows(),
                                W.cols(),
                                (j, i) ->
                                        Pi.at(j, head(i))
                                                * (dOut.at(j, i) / (1 + s.at(0, i))
                                                        + 2 * W.at(j, i) * dSums.at(0, i)))
                        .plus(membershipPullBack(W, dLogits));
        return new Gradients(
                A.pullBack(dW),
                A.gradient(X, dW),
                dLogits.hadamard(energies(W)).columnSums(),
                O.gradient(gated(W, Pi, s), cotangent));
    }

    private int head(int channel) {
        return channel * temp.cols() / A.weight().cols();
    }

    /** A value summed over the channels of every head: N×K. */
    private Matrix overHeads(Matrix W, Matrix.Element value) {
        int p = W.cols() / temp.cols();
        return Matrix.generate(
                W.rows(),
                temp.cols(),
                (j, k) -> {
                    double sum = 0;
                    for (int i = k * p; i < (k + 1) * p; i++) {
                        sum += value.at(j, i);
                    }
                    return sum;
                });
    }

    private static Matrix norms(Matrix W) {
        return W.squared().columnSums().map(square -> Math.max(Math.sqrt(square), NORM_GUARD));
    }

    private Matrix energies(Matrix W) {
        Matrix norms = norms(W);
        return overHeads(
                W,
                (j, i) -> {
                    double unit = W.at(j, i) / norms.at(0, i);
                    return unit * unit;
                });
    }

    private Matrix membership(Matrix W) {
        Matrix energies = energies(W);
        return Softmax.rows(
                Matrix.generate(
                        W.rows(), temp.cols(), (j, k) -> temp.at(0, k) * energies.at(j, k)));
    }

    private Matrix membershipPullBack(Matrix W, Matrix dLogits) {
        Matrix norms = norms(W);
        Matrix unit = Matrix.generate(W.rows(), W.cols(), (j, i) -> W.at(j, i) / norms.at(0, i));
        Matrix dSquares =
                Matrix.generate(
                        W.rows(), W.cols(), (j, i) -> temp.at(0, head(i)) * dLogits.at(j, head(i)));
        // at the guard the norm is a constant
        Matrix along =
                dSquares.hadamard(unit.squared())
                        .columnSums()
                        .zip(norms, (sum, norm) -> norm > NORM_GUARD ? sum : 0);
        return Matrix.generate(
                W.rows(),
                W.cols(),
                (j, i) ->
                        2 * unit.at(j, i) * (dSquares.at(j, i) - along.at(0, i)) / norms.at(0, i));
    }

    private Matrix secondMoments(Matrix W, Matrix Pi) {
        Matrix mass = Pi.columnSums();
        Matrix sums =
                Matrix.generate(
                                W.rows(),
                                W.cols(),
                                (j, i) -> Pi.at(j, head(i)) * W.at(j, i) * W.at(j, i))
                        .columnSums();
        return Matrix.generate(
                1, W.cols(), (one, i) -> sums.at(0, i) / (mass.at(0, head(i)) + MASS_GUARD));
    }

    private Matrix membershipGradient(Matrix W, Matrix s, Matrix dOut, Matrix dSums) {
        return overHeads(
                W,
                (j, i) ->
                        dOut.at(j, i) * W.at(j, i) / (1 + s.at(0, i))
                                + dSums.at(0, i) * (W.at(j, i) * W.at(j, i) - s.at(0, i)));
    }

    private Matrix secondMomentGradient(Matrix W, Matrix Pi, Matrix s, Matrix dOut) {
        Matrix sums =
                Matrix.generate(
                                W.rows(),
                                W.cols(),
                                (j, i) -> dOut.at(j, i) * Pi.at(j, head(i)) * W.at(j, i))
                        .columnSums();
        return sums.zip(s, (sum, moment) -> -sum / ((1 + moment) * (1 + moment)));
    }

    private Matrix gated(Matrix W, Matrix Pi, Matrix s) {
        return Matrix.generate(
                W.rows(), W.cols(), (j, i) -> -Pi.at(j, head(i)) * W.at(j, i) / (1 + s.at(0, i)));
    }
}
