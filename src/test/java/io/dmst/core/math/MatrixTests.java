package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MatrixTests {

    private final Samples samples = new Samples(1);

    @Test
    void productsAgreeWithTheirDefinition() {
        Matrix A = Matrix.of(2, 3, 1, 2, 3, 4, 5, 6);
        Matrix B = Matrix.of(3, 2, 7, 8, 9, 10, 11, 12);

        assertThat(A.times(B).toArray()).containsExactly(58, 64, 139, 154);
        assertThat(A.transposeTimes(A).toArray())
                .containsExactly(17, 22, 27, 22, 29, 36, 27, 36, 45);
        assertThat(A.timesTranspose(A).toArray()).containsExactly(14, 32, 32, 77);
        assertThat(A.transpose().toArray()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(A.columnSums().toArray()).containsExactly(5, 7, 9);
        assertThat(A.columns(1, 3).toArray()).containsExactly(2, 3, 5, 6);
    }

    @Test
    void logDeterminantOfTriangularProductIsThatOfItsDiagonal() {
        for (int n : new int[] {1, 2, 13, 64}) {
            Matrix rotation = samples.rotation(n);
            Matrix scaled =
                    Matrix.generate(n, n, (i, j) -> rotation.at(i, j) * Math.sqrt(1 + i * 0.5));
            double expected = 0;
            for (int i = 0; i < n; i++) {
                expected += Math.log(1 + i * 0.5);
            }
            assertThat(scaled.transposeTimes(scaled).logDeterminant())
                    .isCloseTo(expected, within(1e-12 * (1 + expected)));
        }
    }

    @Test
    void choleskySolvesWhatWasMultiplied() {
        Matrix factor = samples.normal(20, 13, 1);
        Matrix A = factor.transposeTimes(factor);
        Matrix X = samples.normal(13, 5, 1);

        Samples.assertClose("solution", new Cholesky(A).solve(A.times(X)), X, 1e-10);
    }

    @Test
    void callerCannotChangeAMatrix() {
        double[] values = {1, 2};
        Matrix A = Matrix.of(1, 2, values);
        values[0] = 9;
        A.toArray()[1] = 9;

        assertThat(A.toArray()).containsExactly(1, 2);
    }

    @Test
    void shapesThatDoNotFitAreRefusedByName() {
        Matrix A = Matrix.filled(2, 3, 1);

        assertThatThrownBy(() -> A.times(A))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a 2×3 matrix cannot be multiplied by a 2×3 matrix");
        assertThatThrownBy(() -> A.plus(A.transpose()))
                .hasMessageContaining("a 2×3 matrix")
                .hasMessageContaining("a 3×2 matrix");
        assertThatThrownBy(() -> Matrix.of(2, 2, 1, 2, 3)).hasMessageContaining("2×2 values");
        assertThatThrownBy(() -> Matrix.filled(0, 3, 1)).hasMessageContaining("at least one row");
        assertThatThrownBy(A::logDeterminant).hasMessageContaining("square");
    }

    @Test
    void logDeterminantOfWhatIsNotPositiveDefiniteIsRefused() {
        assertThatThrownBy(() -> Matrix.of(2, 2, 1, 2, 2, 1).logDeterminant())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive definite")
                .hasMessageContaining("row 1");
        assertThatThrownBy(() -> Matrix.of(1, 1, Double.NaN).logDeterminant())
                .hasMessageContaining("positive definite");
    }
}
