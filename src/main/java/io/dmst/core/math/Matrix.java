package io.dmst.core.math;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A dense matrix of doubles in row-major order, with just the operations that the formulas of this
 * package need. Tokens are rows; a bias or any other vector is a single row.
 *
 * <p>Immutable and thread-safe. Shapes that do not fit are refused with an {@link
 * IllegalArgumentException} that names both.
 */
public final class Matrix {

    /** A value for every place of a matrix. */
    @FunctionalInterface
    public interface Element {
        /** The value in row {@code i} and column {@code j}, both from 0. */
        double at(int i, int j);
    }

    private final int rows;
    private final int cols;
    private final double[] values;

    private Matrix(int rows, int cols, double[] values) {
        if (rows < 1 || cols < 1 || (long) rows * cols != values.length) {
            throw new IllegalArgumentException(
                    "expected %d×%d values with at least one row and column, got %d"
                            .formatted(rows, cols, values.length));
        }
        this.rows = rows;
        this.cols = cols;
        this.values = values;
    }

    /**
     * A matrix of given values, which are copied.
     *
     * @param values row after row, {@code rows * cols} of them
     */
    public static Matrix of(int rows, int cols, double... values) {
        return new Matrix(rows, cols, values.clone());
    }

    /** A matrix with the same value everywhere. */
    public static Matrix filled(int rows, int cols, double value) {
        double[] values = new double[Math.multiplyExact(rows, cols)];
        Arrays.fill(values, value);
        return new Matrix(rows, cols, values);
    }

    /** A matrix computed place by place. */
    public static Matrix generate(int rows, int cols, Element element) {
        double[] values = new double[Math.multiplyExact(rows, cols)];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                values[i * cols + j] = element.at(i, j);
            }
        }
        return new Matrix(rows, cols, values);
    }

    /** Number of rows, at least 1. */
    public int rows() {
        return rows;
    }

    /** Number of columns, at least 1. */
    public int cols() {
        return cols;
    }

    /** The value in row {@code i} and column {@code j}, both from 0. */
    public double at(int i, int j) {
        return values[i * cols + j];
    }

    /** A copy of the values, row after row. */
    public double[] toArray() {
        return values.clone();
    }

    /** The columns {@code from} (inclusive) to {@code to} (exclusive). */
    public Matrix columns(int from, int to) {
        return generate(rows, to - from, (i, j) -> at(i, from + j));
    }

    /** {@code A B}. */
    public Matrix times(Matrix B) {
        require(cols == B.rows, "multiplied by", B);
        double[] product = new double[Math.multiplyExact(rows, B.cols)];
        for (int i = 0; i < rows; i++) {
            for (int l = 0; l < cols; l++) {
                double factor = values[i * cols + l];
                for (int j = 0; j < B.cols; j++) {
                    product[i * B.cols + j] += factor * B.values[l * B.cols + j];
                }
            }
        }
        return new Matrix(rows, B.cols, product);
    }

    /** {@code Aᵀ B}. */
    public Matrix transposeTimes(Matrix B) {
        return transpose().times(B);
    }

    /** {@code A Bᵀ}. */
    public Matrix timesTranspose(Matrix B) {
        return times(B.transpose());
    }

    /** {@code Aᵀ}. */
    public Matrix transpose() {
        return generate(cols, rows, (i, j) -> at(j, i));
    }

    /** {@code A + B}. */
    public Matrix plus(Matrix B) {
        return zip(B, Double::sum);
    }

    /** {@code A ∘ B}, the element-wise product. */
    public Matrix hadamard(Matrix B) {
        return zip(B, (a, b) -> a * b);
    }

    /** {@code A ∘ A}. */
    public Matrix squared() {
        return map(a -> a * a);
    }

    /** {@code factor · A}. */
    public Matrix scaled(double factor) {
        return map(a -> factor * a);
    }

    /** A function of every value. */
    public Matrix map(DoubleUnaryOperator function) {
        return new Matrix(rows, cols, Arrays.stream(values).map(function).toArray());
    }

    /** A function of every value and the one in its place in {@code B}. */
    public Matrix zip(Matrix B, DoubleBinaryOperator function) {
        require(rows == B.rows && cols == B.cols, "combined element by element with", B);
        return generate(rows, cols, (i, j) -> function.applyAsDouble(at(i, j), B.at(i, j)));
    }

    /** The sum of every column, as a single row. */
    public Matrix columnSums() {
        double[] sums = new double[cols];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                sums[j] += at(i, j);
            }
        }
        return new Matrix(1, cols, sums);
    }

    /**
     * {@code log det A} of a symmetric positive definite matrix, by Cholesky; only the lower
     * triangle is read.
     *
     * @throws IllegalArgumentException if the matrix is not square or not positive definite
     */
    public double logDeterminant() {
        return new Cholesky(this).logDeterminant();
    }

    private void require(boolean fits, String what, Matrix B) {
        if (!fits) {
            throw new IllegalArgumentException("%s cannot be %s %s".formatted(this, what, B));
        }
    }

    /** The shape. */
    @Override
    public String toString() {
        return "a %d×%d matrix".formatted(rows, cols);
    }
}
