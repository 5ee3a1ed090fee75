package io.dmst.core.onnx;

import io.dmst.core.model.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The shape of a value, outermost axis first; an axis of length {@link #BATCH} is the batch, whose
 * size is not known while a graph is written.
 */
record Axes(List<Integer> lengths) {

    /** Stands for the number of images. */
    static final int BATCH = -1;

    Axes {
        lengths = List.copyOf(lengths);
    }

    static Axes of(int... lengths) {
        return new Axes(Arrays.stream(lengths).boxed().toList());
    }

    int rank() {
        return lengths.size();
    }

    int length(int axis) {
        return lengths.get(axis);
    }

    int[] toArray() {
        return lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Number of values of one image, or of all where there is no batch. */
    int size() {
        return lengths.stream().filter(n -> n != BATCH).reduce(1, Math::multiplyExact);
    }

    boolean batched() {
        return lengths.contains(BATCH);
    }

    Axes with(int axis, int length) {
        List<Integer> changed = new ArrayList<>(lengths);
        changed.set(axis, length);
        return new Axes(changed);
    }

    Axes transposed(int... order) {
        return new Axes(Arrays.stream(order).map(this::length).boxed().toList());
    }

    /** With axes of length 1 in front. */
    Axes padded(int rank) {
        List<Integer> padded = new ArrayList<>();
        for (int i = rank(); i < rank; i++) {
            padded.add(1);
        }
        padded.addAll(lengths);
        return new Axes(padded);
    }

    /** Of a convolution over the last two axes. */
    Axes convolved(int channels, Ops.Window window) {
        return of(length(0), channels, window.side(length(2)), window.side(length(3)));
    }

    /** As NumPy broadcasts. */
    Axes broadcast(Axes other) {
        int rank = Math.max(rank(), other.rank());
        List<Integer> a = padded(rank).lengths;
        List<Integer> b = other.padded(rank).lengths;
        List<Integer> joint = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int left = a.get(i);
            int right = b.get(i);
            if (left != right && left != 1 && right != 1) {
                throw new IllegalArgumentException(this + " and " + other + " do not broadcast");
            }
            joint.add(left == 1 ? right : left);
        }
        return new Axes(joint);
    }

    /** Of a matrix product with {@code other} on the right. */
    Axes matmul(Axes other) {
        int inner = length(rank() - 1);
        if (inner != other.length(other.rank() - 2)) {
            throw new IllegalArgumentException(this + " and " + other + " have no matrix product");
        }
        Axes outer =
                new Axes(lengths.subList(0, rank() - 2))
                        .broadcast(new Axes(other.lengths.subList(0, other.rank() - 2)));
        List<Integer> product = new ArrayList<>(outer.lengths);
        product.add(length(rank() - 2));
        product.add(other.length(other.rank() - 1));
        return new Axes(product);
    }

    @Override
    public String toString() {
        return lengths.toString();
    }
}
