package io.dmst.core.math;

/**
 * The factor {@code L} of a symmetric positive definite {@code A = L Lᵀ}. Immutable and
 * thread-safe.
 */
final class Cholesky {

    private final int n;
    private final double[][] lower;

    /**
     * Factors a matrix, of which only the lower triangle is read.
     *
     * @throws IllegalArgumentException if it is not square or not positive definite
     */
    Cholesky(Matrix A) {
        if (A.rows() != A.cols()) {
            throw new IllegalArgumentException("expected a square matrix, got " + A);
        }
        n = A.rows();
        lower = new double[n][];
        for (int i = 0; i < n; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                double rest = A.at(i, j);
                for (int l = 0; l < j; l++) {
                    rest -= lower[i][l] * lower[j][l];
                }
                lower[i][j] = i == j ? pivot(rest, i) : rest / lower[j][j];
            }
        }
    }

    private static double pivot(double square, int i) {
        if (!(square > 0 && square < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected a positive definite matrix, got pivot %s in row %d"
                            .formatted(square, i));
        }
        return Math.sqrt(square);
    }

    double logDeterminant() {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.log(lower[i][i]);
        }
        return 2 * sum;
    }

    /** {@code A⁻¹ B}. */
    Matrix solve(Matrix B) {
        double[][] x = new double[n][B.cols()];
        for (int c = 0; c < B.cols(); c++) {
            for (int i = 0; i < n; i++) {
                double rest = B.at(i, c);
                for (int l = 0; l < i; l++) {
                    rest -= lower[i][l] * x[l][c];
                }
                x[i][c] = rest / lower[i][i];
            }
            for (int i = n - 1; i >= 0; i--) {
                double rest = x[i][c];
                for (int l = i + 1; l < n; l++) {
                    rest -= lower[l][i] * x[l][c];
                }
                x[i][c] = rest / lower[i][i];
            }
        }
        return Matrix.generate(n, B.cols(), (i, j) -> x[i][j]);
    }
}
