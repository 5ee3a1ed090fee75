package io.dmst.core.onnx;

import io.dmst.core.onnx.OnnxValue.Computed;
import io.dmst.core.onnx.OnnxValue.Known;
import java.util.List;
import onnx.TensorProto.DataType;

/** The product of tokens with a weight, in the precision that was asked for. */
final class Product {

    /** Its result is what a prediction is ranked by, and it is small. */
    private static final String HEAD = "head";

    private final Graph graph;
    private final Precision precision;

    Product(Graph graph, Precision precision) {
        this.graph = graph;
        this.precision = precision;
    }

    /** {@code x weight}, FP32 whatever it is computed in. */
    Computed of(OnnxValue x, Known weight) {
        Axes axes = x.axes().matmul(weight.axes());
        String layer = weight.layer();
        if (precision == Precision.FP32 || layer.equals(HEAD)) {
            return graph.node(layer, "MatMul", axes, List.of(graph.use(x), graph.use(weight)));
        }
        Computed operand = cast(layer, x, DataType.FLOAT16_VALUE);
        Computed product =
                graph.node(layer, "MatMul", axes, List.of(operand.name(), graph.useHalf(weight)));
        return cast(layer, product, DataType.FLOAT_VALUE);
    }

    private Computed cast(String layer, OnnxValue x, int type) {
        return graph.node(
                layer, "Cast", x.axes(), List.of(graph.use(x)), Attributes.of("to", (long) type));
    }
}
