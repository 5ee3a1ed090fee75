package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.Ops;
import io.dmst.core.onnx.OnnxValue.Known;
import java.util.function.BiFunction;
import onnx.ModelProto;
import onnx.OperatorSetIdProto;
import onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;

/** Operations that the networks do not reach, and folding against the runtime. */
class OnnxOpsTests {

    private static final float[] SIX = {-2, -1, 0, 1, 2, 3};

    @Test
    void whatIsFoldedIsWhatTheRuntimeComputes() throws Exception {
        agree((ops, x) -> ops.softplus(x));
        agree((ops, x) -> ops.abs(x));
        agree((ops, x) -> ops.relu(ops.subtract(x, ops.constant(new float[] {1}, 1))));
        agree((ops, x) -> ops.atLeast(ops.multiply(x, -1), 0.5));
        agree((ops, x) -> ops.transpose(x, 0, 2, 1));
        agree((ops, x) -> ops.transpose(ops.reshape(x, 1, 3, 2, 1), 0, 3, 2, 1));
        agree((ops, x) -> ops.slice(x, 2, 1, 3));
        agree((ops, x) -> ops.slice(ops.square(x), 1, 1, 2));
        agree((ops, x) -> ops.divide(x, ops.constant(new float[] {2, 4}, 2, 1)));
        agree((ops, x) -> ops.add(ops.constant(new float[] {1, 2, 3}, 3), x));
        agree((ops, x) ->
                ops.linear(x, ops.constant(SIX, 2, 3), ops.constant(new float[] {7, -7}, 2)));
    }

    @Test
    void batchNormalisationWithoutAConvolutionIsANode() throws Exception {
        Graph graph = new Graph();
        OnnxOps ops = new OnnxOps(graph, Precision.FP32);
        OnnxValue x = graph.input("x", DataType.FLOAT, Axes.of(Axes.BATCH, 2, 3), "");
        OnnxValue one = ops.constant(new float[] {1, 1}, 2);
        OnnxValue two = ops.constant(new float[] {2, 2}, 2);
        graph.output("y", ops.batchNorm(x, new Ops.BatchNorm<>(two, one, one, two), 2), "");

        Tensor y = run(graph, Tensor.of(SIX, 1, 2, 3));

        // 2 (x - 1) / sqrt(2 + 2) + 1 = x
        assertThat(y.toFloats()).containsExactly(SIX, within(1e-6f));
    }

    @Test
    void oneValueMayBeTwoOutputsAndAnInput() throws Exception {
        Graph graph = new Graph();
        OnnxOps ops = new OnnxOps(graph, Precision.FP32);
        OnnxValue x = graph.input("x", DataType.FLOAT, Axes.of(Axes.BATCH, 2, 3), "");
        OnnxValue y = ops.square(x);
        graph.output("same", x, "");
        graph.output("y", y, "");
        graph.output("again", y, "");

        try (Ort session = new Ort(file(graph))) {
            var outputs = session.run(Tensor.of(SIX, 1, 2, 3));
            assertThat(outputs.get("same").toFloats()).containsExactly(SIX);
            assertThat(outputs.get("again")).isEqualTo(outputs.get("y"));
        }
    }

    @Test
    void shapesThatDoNotFitAreRefusedWhileTracing() {
        Graph graph = new Graph();
        OnnxOps ops = new OnnxOps(graph, Precision.FP32);
        OnnxValue x = graph.input("x", DataType.FLOAT, Axes.of(Axes.BATCH, 2, 3), "");
        OnnxValue y = ops.constant(SIX, 2, 3);

        assertThatThrownBy(() -> ops.reshape(x, -1, 7)).hasMessageContaining("[-1, 2, 3]");
        assertThatThrownBy(() -> ops.matmul(x, y)).hasMessageContaining("no matrix product");
        assertThatThrownBy(() -> ops.add(x, ops.reshape(y, 3, 2)))
                .hasMessageContaining("do not broadcast");
    }

    /** The same expression of a constant and of an input. */
    private static void agree(BiFunction<OnnxOps, OnnxValue, OnnxValue> expression)
            throws Exception {
        Graph graph = new Graph();
        OnnxOps ops = new OnnxOps(graph, Precision.FP32);
        OnnxValue x = graph.input("x", DataType.FLOAT, Axes.of(1, 2, 3), "");
        graph.output("y", expression.apply(ops, x), "");
        OnnxValue folded = expression.apply(ops, ops.constant(SIX, 1, 2, 3));

        Tensor y = run(graph, Tensor.of(SIX, 1, 2, 3));

        assertThat(folded).isInstanceOf(Known.class);
        assertThat(folded.axes().lengths()).isEqualTo(y.shape());
        assertThat(((Known) folded).values().get()).containsExactly(y.toFloats(), within(1e-6f));
    }

    private static Tensor run(Graph graph, Tensor x) throws Exception {
        try (Ort session = new Ort(file(graph))) {
            return session.run(x).get("y");
        }
    }

    private static byte[] file(Graph graph) {
        return ModelProto.newBuilder()
                .setIrVersion(9)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxOps.OPERATOR_SET))
                .setGraph(graph.finish("test", "", WeightStore.embedded()))
                .build()
                .toByteArray();
    }
}
