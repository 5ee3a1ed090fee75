package io.dmst.core.onnx;

import java.util.function.Supplier;

/** A value of a graph that is being written. */
sealed interface OnnxValue {

    /** What it is called in the graph, or was in the checkpoint. */
    String name();

    /** The layer whose parameter it comes from; empty where there is none. */
    default String layer() {
        return "";
    }

    /** Its shape. */
    Axes axes();

    /**
     * The result of a node, or an input.
     *
     * @param name in the graph
     * @param axes its shape
     */
    record Computed(String name, Axes axes) implements OnnxValue {}

    /**
     * Numbers that are known while the graph is written: a parameter, a constant, or what was
     * computed from those alone.
     *
     * @param name it has in the graph if nothing else has it already
     * @param layer the parameter's name without its last part; empty for a constant
     * @param axes its shape, without a batch
     * @param values computes the numbers, row-major; not to be changed by who receives them
     */
    record Known(String name, String layer, Axes axes, Supplier<float[]> values)
            implements OnnxValue {

        /** Something computed from this: its values are asked for when the graph is written. */
        Known derived(String how, Axes shape, Supplier<float[]> computed) {
            return new Known(name + "." + how, layer, shape, computed);
        }
    }
}
