package io.dmst.core.onnx;

import io.dmst.core.onnx.OnnxValue.Known;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Computes what depends on the weights alone while the graph is written, so that the graph does not
 * do it again for every batch. Sums and products are accumulated in double precision.
 */
final class Folding {

    private Folding() {}

    static Known unary(String how, Known x, DoubleUnaryOperator operation) {
        return x.derived(
                how,
                x.axes(),
                () -> {
                    float[] in = x.values().get();
                    float[] out = new float[in.length];
                    for (int i = 0; i < in.length; i++) {
                        out[i] = (float) operation.applyAsDouble(in[i]);
                    }
                    return out;
                });
    }

    static Known binary(String how, Known a, Known b, DoubleBinaryOperator operation) {
        Axes shape = a.axes().broadcast(b.axes());
        return named(a, b)
                .derived(
                        how,
                        shape,
                        () -> {
                            float[] left = a.values().get();
                            float[] right = b.values().get();
                            int[] leftAt = indices(shape, broadcastStrides(a.axes(), shape));
                            int[] rightAt = indices(shape, broadcastStrides(b.axes(), shape));
                            float[] out = new float[leftAt.length];
                            for (int i = 0; i < out.length; i++) {
                                out[i] =
                                        (float)
                                                operation.applyAsDouble(
                                                        left[leftAt[i]], right[rightAt[i]]);
                            }
                            return out;
                        });
    }

    /** The one that says more by its name: a parameter rather than a constant. */
    private static Known named(Known a, Known b) {
        return a.layer().isEmpty() ? b : a;
    }

    static Known reshape(Known x, Axes shape) {
        return new Known(x.name(), x.layer(), shape, x.values());
    }

    static Known transpose(Known x, int... order) {
        if (x.axes().rank() == 2 && order[0] == 1) {
            return transposeMatrix(x);
        }
        Axes shape = x.axes().transposed(order);
        int[] strides = strides(x.axes());
        int[] permuted = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            permuted[axis] = strides[order[axis]];
        }
        return x.derived(
                "transposed", shape, () -> gather(x.values().get(), indices(shape, permuted)));
    }

    /** Nearly every weight passes here: straight loops, five times as fast as by indices. */
    private static Known transposeMatrix(Known x) {
        int rows = x.axes().length(0);
        int columns = x.axes().length(1);
        return x.derived(
                "transposed",
                Axes.of(columns, rows),
                () -> {
                    float[] in = x.values().get();
                    float[] out = new float[in.length];
                    for (int row = 0; row < rows; row++) {
                        for (int column = 0; column < columns; column++) {
                            out[column * rows + row] = in[row * columns + column];
                        }
                    }
                    return out;
                });
    }

    static Known slice(Known x, int axis, int from, int to) {
        Axes shape = x.axes().with(axis, to - from);
        int[] strides = strides(x.axes());
        int start = from * strides[axis];
        return x.derived(
                from + "-" + to,
                shape,
                () -> {
                    int[] at = indices(shape, strides);
                    for (int i = 0; i < at.length; i++) {
                        at[i] += start;
                    }
                    return gather(x.values().get(), at);
                });
    }

    /** {@code x Wᵀ + b} along the last axis. */
    static Known linear(Known x, Known weight, Known bias) {
        int in = weight.axes().length(1);
        int out = weight.axes().length(0);
        int rows = x.axes().size() / in;
        return new Known(
                weight.layer(),
                weight.layer(),
                x.axes().with(x.axes().rank() - 1, out),
                () -> {
                    float[] left = x.values().get();
                    float[] w = weight.values().get();
                    float[] offset = bias.values().get();
                    float[] product = new float[rows * out];
                    for (int i = 0; i < product.length; i++) {
                        int column = i % out;
                        double sum = offset[column];
                        for (int k = 0; k < in; k++) {
                            sum += (double) left[i / out * in + k] * w[column * in + k];
                        }
                        product[i] = (float) sum;
                    }
                    return product;
                });
    }

    private static float[] gather(float[] values, int[] at) {
        float[] gathered = new float[at.length];
        for (int i = 0; i < at.length; i++) {
            gathered[i] = values[at[i]];
        }
        return gathered;
    }

    private static int[] strides(Axes axes) {
        int[] strides = new int[axes.rank()];
        int stride = 1;
        for (int axis = axes.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= axes.length(axis);
        }
        return strides;
    }

    private static int[] broadcastStrides(Axes from, Axes to) {
        Axes padded = from.padded(to.rank());
        int[] strides = strides(padded);
        for (int axis = 0; axis < strides.length; axis++) {
            if (padded.length(axis) == 1) {
                strides[axis] = 0;
            }
        }
        return strides;
    }

    /** Where each value of a shape lies in an array that has the given strides. */
    private static int[] indices(Axes shape, int[] strides) {
        int[] at = new int[shape.size()];
        int[] position = new int[shape.rank()];
        for (int i = 1; i < at.length; i++) {
            int axis = shape.rank() - 1;
            int offset = at[i - 1];
            while (position[axis] == shape.length(axis) - 1) {
                offset -= position[axis] * strides[axis];
                position[axis] = 0;
                axis--;
            }
            position[axis]++;
            at[i] = offset + strides[axis];
        }
        return at;
    }
}
