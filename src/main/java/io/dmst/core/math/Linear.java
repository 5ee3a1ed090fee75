package io.dmst.core.math;

/**
 * A linear layer {@code X ↦ X W + b}; also the shape of its gradient. Immutable and thread-safe.
 *
 * @param weight W (in×out), multiplied from the right: the transpose of the published state dicts
 * @param bias b (1×out)
 */
public record Linear(Matrix weight, Matrix bias) {

    public Linear {
        if (bias.rows() != 1 || bias.cols() != weight.cols()) {
            throw new IllegalArgumentException(
                    "expected a bias of 1×%d, got %s".formatted(weight.cols(), bias));
        }
    }

    /** {@code X W + b} (N×out) of {@code X} (N×in). */
    public Matrix apply(Matrix X) {
        Matrix product = X.times(weight);
        return Matrix.generate(
                product.rows(), product.cols(), (j, i) -> product.at(j, i) + bias.at(0, i));
    }

    /** The gradient of the layer, from the one of its result. */
    Linear gradient(Matrix X, Matrix cotangent) {
        return new Linear(X.transposeTimes(cotangent), cotangent.columnSums());
    }

    /** The gradient of the layer's argument, from the one of its result. */
    Matrix pullBack(Matrix cotangent) {
        return cotangent.timesTranspose(weight);
    }
}
