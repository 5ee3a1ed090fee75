package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Seeded random matrices, and how tests compare them. */
final class Samples {

    /** Numbers of tokens that do not fit anything well. */
    static final int[] TOKENS = {1, 2, 13, 207};

    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    /** Independent normal values of a standard deviation. */
    Matrix normal(int rows, int cols, double deviation) {
        return Matrix.generate(rows, cols, (i, j) -> deviation * random.nextGaussian());
    }

    /** A layer that roughly keeps the size of what it is given. */
    Linear linear(int in, int out) {
        return new Linear(normal(in, out, 1 / Math.sqrt(in)), normal(1, out, 0.3));
    }

    /** Rows that sum to one, rather uneven. */
    Matrix membership(int tokens, int groups) {
        return Softmax.rows(normal(tokens, groups, 2));
    }

    /** An orthogonal matrix: rows made orthonormal one after the other, twice for accuracy. */
    Matrix rotation(int d) {
        double[][] q = new double[d][];
        for (int i = 0; i < d; i++) {
            q[i] = random.doubles(d, -1, 1).toArray();
            for (int l = 0; l < 2 * i; l++) {
                double[] other = q[l % i];
                double overlap = dot(q[i], other);
                for (int c = 0; c < d; c++) {
                    q[i][c] -= overlap * other[c];
                }
            }
            double norm = Math.sqrt(dot(q[i], q[i]));
            for (int c = 0; c < d; c++) {
                q[i][c] /= norm;
            }
        }
        return Matrix.generate(d, d, (i, j) -> q[i][j]);
    }

    /** The numbers 0 … n − 1 in random order. */
    int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    static Matrix permuted(Matrix A, int[] order) {
        return Matrix.generate(A.rows(), A.cols(), (i, j) -> A.at(order[i], j));
    }

    static double inner(Matrix A, Matrix B) {
        return dot(A.toArray(), B.toArray());
    }

    /**
     * Asserts that no value differs by more than a tolerance relative to the largest expected one.
     */
    static void assertClose(String what, Matrix actual, Matrix expected, double tolerance) {
        assertClose(what, actual, expected, tolerance, largest(expected));
    }

    /** As above, relative to a scale of its own: for what is expected to vanish. */
    static void assertClose(
            String what, Matrix actual, Matrix expected, double tolerance, double scale) {
        assertThat(actual).as(what).hasToString(expected.toString());
        double difference = largest(actual.plus(expected.scaled(-1)));
        assertThat(difference)
                .as("largest difference of %s, whose scale is %s", what, scale)
                .isLessThanOrEqualTo(tolerance * scale);
    }

    /** The largest magnitude; NaN if there is one. */
    static double largest(Matrix A) {
        double most = 0;
        for (double value : A.toArray()) {
            most = Math.max(most, Math.abs(value));
        }
        return most;
    }

    /**
     * Asserts that a gradient is the slope of a function along a random direction, by differences
     * extrapolated to the fourth order. Steps are short: soft thresholds have corners, which must
     * not lie between them.
     */
    void assertGradient(
            String what, ToDoubleFunction<Matrix> function, Matrix at, Matrix gradient) {
        Matrix direction = normal(at.rows(), at.cols(), 1);
        double coarse = slope(function, at, direction, 2e-5);
        double fine = slope(function, at, direction, 1e-5);
        assertThat(inner(gradient, direction))
                .as("slope by %s", what)
                .isCloseTo((4 * fine - coarse) / 3, within(1e-8 * (1 + Math.abs(fine))));
    }

    private static double slope(
            ToDoubleFunction<Matrix> function, Matrix at, Matrix direction, double step) {
        return (function.applyAsDouble(at.plus(direction.scaled(step)))
                        - function.applyAsDouble(at.plus(direction.scaled(-step))))
                / (2 * step);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
