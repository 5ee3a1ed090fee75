package io.dmst.model;

import java.util.List;

/**
 * The operations that the network is written in.
 *
 * <p>An implementation gives them a meaning: live arrays with gradients, nodes of an ONNX graph, or
 * a walk over the parameters. Shapes are row-major; axis 0 is the batch, whose size the network
 * never asks for; binary operations broadcast as NumPy does. Implementations need not be
 * thread-safe.
 *
 * @param <T> a value of this implementation
 */
public interface Ops<T> {

    /** A constant of the given shape. */
    T constant(float[] values, int... shape);

    /** Pixels of any number type as 32-bit floats. */
    T toFloat(T x);

    /** {@code a + b}. */
    T add(T a, T b);

    /** {@code a - b}. */
    T subtract(T a, T b);

    /** {@code a ∘ b}. */
    T multiply(T a, T b);

    /** {@code a / b}, element by element. */
    T divide(T a, T b);

    /** {@code x + offset}. */
    T add(T x, double offset);

    /** {@code factor · x}. */
    T multiply(T x, double factor);

    /** {@code x²}, element by element. */
    T square(T x);

    /** {@code |x|}. */
    T abs(T x);

    /** {@code max(x, 0)}. */
    T relu(T x);

    /** {@code x · Φ(x)} with the exact Gaussian distribution function. */
    T gelu(T x);

    /** {@code ln(1 + eˣ)}. */
    T softplus(T x);

    /** {@code max(x, least)}. */
    T atLeast(T x, double least);

    /** {@code ln x}. */
    T log(T x);

    /** Softmax along one axis. */
    T softmax(T x, int axis);

    /** Sum along one axis, which stays with length 1. */
    T sum(T x, int axis);

    /** Matrix product of the last two axes; the axes before broadcast. */
    T matmul(T a, T b);

    /**
     * {@code x Wᵀ + b} along the last axis.
     *
     * @param weight {@code [out, in]}
     * @param bias {@code [out]}
     */
    T linear(T x, T weight, T bias);

    /**
     * Normalisation of the last axis to mean 0 and variance 1, then {@code weight} and {@code
     * bias}.
     */
    T layerNorm(T x, T weight, T bias, double epsilon);

    /**
     * 3×3 convolution with padding 1 and no bias.
     *
     * @param x {@code [B, in, h, w]}
     * @param weight {@code [out, in, 3, 3]}
     * @param stride 1 or 2
     */
    T convolution(T x, T weight, int stride);

    /**
     * Normalisation of every channel (axis 1); with the batch's statistics while training, else
     * with the running ones.
     */
    T batchNorm(T x, BatchNorm<T> parameters, double epsilon);

    /** Same values in another shape; a length of −1 (axis 0 only) is the batch. */
    T reshape(T x, int... shape);

    /** Axes in another order. */
    T transpose(T x, int... order);

    /** Concatenation along one axis. */
    T concat(List<T> parts, int axis);

    /** The part {@code [from, to)} of one axis. */
    T slice(T x, int axis, int from, int to);

    /** {@code value [1, …]} repeated to the batch of {@code like}. */
    T repeatBatch(T value, T like);

    /**
     * The branch of a residual connection: while training with stochastic depth, dropped for some
     * images of the batch and scaled up for the others; else the branch itself.
     */
    T dropPath(T branch);

    /**
     * Parameters of a batch normalisation, each {@code [channels]}.
     *
     * @param <T> a value
     * @param weight scale
     * @param bias offset
     * @param mean running mean
     * @param variance running variance
     */
    record BatchNorm<T>(T weight, T bias, T mean, T variance) {}
}
