package io.dmst.core.model;

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

    /** {@code min(max(x, 0), 6)}. */
    T relu6(T x);

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
     * Convolution without a bias, padded with zeros.
     *
     * @param x {@code [B, in, h, w]}
     * @param weight {@code [out, in, k, k]}; {@code [in, 1, k, k]} where each channel has its own
     */
    T convolution(T x, T weight, Window window);

    /**
     * Convolution with a bias.
     *
     * @param bias {@code [out]}
     */
    T convolution(T x, T weight, T bias, Window window);

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
     * While training with token dropout, the tokens with some of each image's replaced by the
     * batch's mean token; else the tokens themselves.
     *
     * @param tokens {@code [B, N, d]}
     */
    T dropTokens(T tokens);

    /**
     * The mean over the images: while training, of the batch at hand; else the stored one.
     *
     * @param value {@code [B, N, K]}
     * @param stored {@code [N, K]}, of the training images
     * @return {@code [1, N, K]} or {@code [N, K]}
     */
    T meanImage(T value, T stored);

    /**
     * Where a convolution looks.
     *
     * @param kernel side k of the window in pixels
     * @param stride pixels between two windows
     * @param before rows and columns of zeros above and left of the image
     * @param after rows and columns of zeros below and right of the image
     * @param depthwise whether each channel has its own kernel and sees no other
     */
    record Window(int kernel, int stride, int before, int after, boolean depthwise) {

        /** 3×3 with padding 1, as in ToST's stem. */
        static Window ofThree(int stride) {
            return new Window(3, stride, 1, 1, false);
        }

        /** One pixel: a linear map of its channels. */
        static Window pixel() {
            return new Window(1, 1, 0, 0, false);
        }

        /** A patch of the given side beside the other. */
        static Window patch(int side) {
            return new Window(side, side, 0, 0, false);
        }

        /** Of an even image to one of {@code 1/stride} its side, as TensorFlow's "same" pads it. */
        static Window same(int kernel, int stride, boolean depthwise) {
            int all = Math.max(kernel - stride, 0);
            return new Window(kernel, stride, all / 2, all - all / 2, depthwise);
        }

        /** Side of the result for an image of a side. */
        public int side(int side) {
            return (side + before + after - kernel) / stride + 1;
        }
    }

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
