package io.dmst.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import io.dmst.core.model.Ops;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations on live arrays.
 *
 * <p>Every result belongs to the manager that this was made with, provided that the inputs and the
 * parameters do: DJL attaches a result to its first argument's manager. Not thread-safe.
 */
public class DjlOps implements Ops<NDArray> {

    /** DJL counts the momentum from the other side: the running value keeps this share. */
    private static final float BATCH_NORM_KEPT = 0.9f;

    private final NDManager manager;
    private final boolean training;

    /**
     * Operations for inference.
     *
     * @param manager owns every result
     */
    public DjlOps(NDManager manager) {
        this(manager, false);
    }

    /**
     * Operations.
     *
     * @param manager owns every result
     * @param training whether batch normalisation uses, and learns, the batch's statistics
     */
    protected DjlOps(NDManager manager, boolean training) {
        this.manager = manager;
        this.training = training;
    }

    /** Owner of every result. */
    protected final NDManager manager() {
        return manager;
    }

    @Override
    public NDArray constant(float[] values, int... shape) {
        return manager.create(values, shape(shape));
    }

    @Override
    public NDArray toFloat(NDArray x) {
        return x.toType(DataType.FLOAT32, false);
    }

    @Override
    public NDArray add(NDArray a, NDArray b) {
        return a.add(b);
    }

    @Override
    public NDArray subtract(NDArray a, NDArray b) {
        return a.sub(b);
    }

    @Override
    public NDArray multiply(NDArray a, NDArray b) {
        return a.mul(b);
    }

    @Override
    public NDArray divide(NDArray a, NDArray b) {
        return a.div(b);
    }

    @Override
    public NDArray add(NDArray x, double offset) {
        return x.add(scalar(offset));
    }

    @Override
    public NDArray multiply(NDArray x, double factor) {
        return x.mul(scalar(factor));
    }

    @Override
    public NDArray square(NDArray x) {
        return x.square();
    }

    @Override
    public NDArray abs(NDArray x) {
        return x.abs();
    }

    @Override
    public NDArray relu(NDArray x) {
        return Activation.relu(x);
    }

    @Override
    public NDArray relu6(NDArray x) {
        // as a difference: the engine's own keeps plain numbers for the way back, see scalar
        return Activation.relu(x).sub(Activation.relu(x.add(scalar(-6))));
    }

    @Override
    public NDArray gelu(NDArray x) {
        return Activation.gelu(x);
    }

    @Override
    public NDArray softplus(NDArray x) {
        return Activation.softPlus(x);
    }

    @Override
    public NDArray atLeast(NDArray x, double least) {
        return x.maximum(scalar(least));
    }

    @Override
    public NDArray log(NDArray x) {
        return x.log();
    }

    @Override
    public NDArray softmax(NDArray x, int axis) {
        return x.softmax(axis);
    }

    @Override
    public NDArray sum(NDArray x, int axis) {
        return x.sum(new int[] {axis}, true);
    }

    @Override
    public NDArray matmul(NDArray a, NDArray b) {
        return a.matMul(b);
    }

    @Override
    public NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return Linear.linear(x, weight, bias).singletonOrThrow();
    }

    @Override
    public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
        return LayerNorm.layerNorm(x, weight.getShape(), weight, bias, (float) epsilon)
                .singletonOrThrow();
    }

    @Override
    public NDArray convolution(NDArray x, NDArray weight, Window window) {
        return convolution(x, weight, window, null);
    }

    @Override
    public NDArray convolution(NDArray x, NDArray weight, NDArray bias, Window window) {
        return convolution(x, weight, window, bias);
    }

    private static NDArray convolution(
            NDArray x, NDArray weight, Window window, @Nullable NDArray bias) {
        int groups = window.depthwise() ? Math.toIntExact(x.getShape().get(1)) : 1;
        boolean even = window.before() == window.after();
        // the engine pads both sides alike
        NDArray padded =
                even
                        ? x
                        : x.pad(
                                new Shape(
                                        window.before(),
                                        window.after(),
                                        window.before(),
                                        window.after()),
                                0);
        int side = even ? window.before() : 0;
        return Conv2d.conv2d(
                        padded,
                        weight,
                        bias,
                        new Shape(window.stride(), window.stride()),
                        new Shape(side, side),
                        new Shape(1, 1),
                        groups)
                .singletonOrThrow();
    }

    @Override
    public NDArray batchNorm(NDArray x, BatchNorm<NDArray> p, double epsilon) {
        NDList result =
                ai.djl.nn.norm.BatchNorm.batchNorm(
                        x,
                        p.mean(),
                        p.variance(),
                        p.weight(),
                        p.bias(),
                        1,
                        BATCH_NORM_KEPT,
                        (float) epsilon,
                        training);
        return result.singletonOrThrow();
    }

    @Override
    public NDArray reshape(NDArray x, int... shape) {
        return x.reshape(shape(shape));
    }

    @Override
    public NDArray transpose(NDArray x, int... order) {
        return x.transpose(order);
    }

    @Override
    public NDArray concat(List<NDArray> parts, int axis) {
        return ai.djl.ndarray.NDArrays.concat(new NDList(parts), axis);
    }

    @Override
    public NDArray slice(NDArray x, int axis, int from, int to) {
        return x.get(new NDIndex().addAllDim(axis).addSliceDim(from, to));
    }

    @Override
    public NDArray repeatBatch(NDArray value, NDArray like) {
        long[] shape = value.getShape().getShape().clone();
        shape[0] = like.getShape().get(0);
        return value.broadcast(new Shape(shape));
    }

    @Override
    public NDArray dropPath(NDArray branch) {
        return branch;
    }

    @Override
    public NDArray dropTokens(NDArray tokens) {
        return tokens;
    }

    @Override
    public NDArray meanImage(NDArray value, NDArray stored) {
        return stored;
    }

    /**
     * DJL frees the memory of a plain number once an operation has its result, but PyTorch looks at
     * the number again on the way back: its gradient was then whatever had been written there
     * since.
     */
    private NDArray scalar(double value) {
        return manager.create((float) value);
    }

    private static Shape shape(int... lengths) {
        long[] shape = new long[lengths.length];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = lengths[axis];
        }
        return new Shape(shape);
    }
}
