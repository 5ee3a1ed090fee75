package io.dmst.core.math;

/** Softmax over the columns of every row, and its adjoint. */
final class Softmax {

    private Softmax() {}

    static Matrix rows(Matrix logits) {
        double[] largest = new double[logits.rows()];
        double[] sums = new double[logits.rows()];
        for (int i = 0; i < logits.rows(); i++) {
            largest[i] = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < logits.cols(); j++) {
                largest[i] = Math.max(largest[i], logits.at(i, j));
            }
            for (int j = 0; j < logits.cols(); j++) {
                sums[i] += Math.exp(logits.at(i, j) - largest[i]);
            }
        }
        return Matrix.generate(
                logits.rows(),
                logits.cols(),
                (i, j) -> Math.exp(logits.at(i, j) - largest[i]) / sums[i]);
    }

    /** The gradient with respect to the logits, from the one with respect to the result P. */
    static Matrix gradient(Matrix P, Matrix dP) {
        Matrix weighted = P.hadamard(dP);
        Matrix sums = weighted.times(Matrix.filled(P.cols(), 1, 1));
        return Matrix.generate(
                P.rows(), P.cols(), (i, j) -> weighted.at(i, j) - P.at(i, j) * sums.at(i, 0));
    }
}
