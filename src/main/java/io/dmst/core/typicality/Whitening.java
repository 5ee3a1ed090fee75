package io.dmst.core.typicality;

import java.util.Arrays;
import org.hipparchus.exception.MathIllegalArgumentException;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;

/**
 * Coordinates in which a reference has mean 0 and covariance I: {@code L⁻¹ (x − mean)} with {@code
 * Σ = L Lᵀ}. Squared lengths there are squared Mahalanobis distances, which do not depend on the
 * order or the units of the components. Nothing is allocated per vector. Immutable and thread-safe.
 */
final class Whitening {

    /** Relative; files hold all bits. */
    private static final double SYMMETRY = 1e-9;

    private final double[] mean;

    /** The lower triangle of L⁻¹, row by row. */
    private final double[][] inverse;

    /**
     * @throws IllegalArgumentException if the covariance is not symmetric and positive definite
     */
    Whitening(double[] mean, double[][] covariance) {
        this.mean = mean.clone();
        RealMatrix lower = lower(covariance);
        this.inverse = new double[mean.length][];
        Arrays.setAll(inverse, row -> new double[row + 1]);
        for (int column = 0; column < mean.length; column++) {
            RealVector unit = MatrixUtils.createRealVector(mean.length);
            unit.setEntry(column, 1);
            MatrixUtils.solveLowerTriangularSystem(lower, unit);
            for (int row = column; row < mean.length; row++) {
                inverse[row][column] = unit.getEntry(row);
            }
        }
    }

    private static RealMatrix lower(double[][] covariance) {
        try {
            return new CholeskyDecomposition(MatrixUtils.createRealMatrix(covariance), SYMMETRY, 0)
                    .getL();
        } catch (MathIllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the covariance must be symmetric and positive definite: " + e.getMessage(), e);
        }
    }

    /** {@code (x − mean)ᵀ Σ⁻¹ (x − mean)}. */
    double squaredDistance(double[] x) {
        double sum = 0;
        for (double[] row : inverse) {
            double z = 0;
            for (int i = 0; i < row.length; i++) {
                z += row[i] * (x[i] - mean[i]);
            }
            sum += z * z;
        }
        return sum;
    }
}
