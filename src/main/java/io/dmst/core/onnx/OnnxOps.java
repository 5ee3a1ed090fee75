package io.dmst.core.onnx;

import io.dmst.core.model.Ops;
import io.dmst.core.onnx.OnnxValue.Computed;
import io.dmst.core.onnx.OnnxValue.Known;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import onnx.TensorProto.DataType;

/**
 * Writes the network down: every operation becomes a node of an ONNX graph, unless all it needs is
 * known already; then its result is, too.
 *
 * <p>Operator set {@value #OPERATOR_SET}, the oldest in which layer normalisation and GELU are
 * single nodes.
 */
final class OnnxOps implements Ops<OnnxValue> {

    static final int OPERATOR_SET = 20;

    private final Graph graph;
    private final Map<OnnxValue, Convolution> convolutions = new HashMap<>();
    private final Map<OnnxValue, Computed> batches = new HashMap<>();
    private final Product product;

    OnnxOps(Graph graph, Precision precision) {
        this.graph = graph;
        this.product = new Product(graph, precision);
    }

    @Override
    public OnnxValue constant(float[] values, int... shape) {
        return graph.constant(values, Axes.of(shape));
    }

    private Known scalar(double value) {
        return graph.constant(new float[] {(float) value}, Axes.of());
    }

    @Override
    public OnnxValue toFloat(OnnxValue x) {
        return graph.node(
                "Cast", x.axes(), used(x), Attributes.of("to", (long) DataType.FLOAT_VALUE));
    }

    @Override
    public OnnxValue add(OnnxValue a, OnnxValue b) {
        return binary("Add", a, b, Double::sum);
    }

    @Override
    public OnnxValue subtract(OnnxValue a, OnnxValue b) {
        return binary("Sub", a, b, (x, y) -> x - y);
    }

    @Override
    public OnnxValue multiply(OnnxValue a, OnnxValue b) {
        return binary("Mul", a, b, (x, y) -> x * y);
    }

    @Override
    public OnnxValue divide(OnnxValue a, OnnxValue b) {
        return binary("Div", a, b, (x, y) -> x / y);
    }

    @Override
    public OnnxValue add(OnnxValue x, double offset) {
        return add(x, scalar(offset));
    }

    @Override
    public OnnxValue multiply(OnnxValue x, double factor) {
        return factor == -1 ? unary("Neg", x, v -> -v) : multiply(x, scalar(factor));
    }

    @Override
    public OnnxValue square(OnnxValue x) {
        return multiply(x, x);
    }

    @Override
    public OnnxValue abs(OnnxValue x) {
        return unary("Abs", x, Math::abs);
    }

    @Override
    public OnnxValue relu(OnnxValue x) {
        return unary("Relu", x, v -> Math.max(v, 0));
    }

    @Override
    public OnnxValue relu6(OnnxValue x) {
        return graph.node("Clip", x.axes(), used(x, scalar(0), scalar(6)));
    }

    @Override
    public OnnxValue gelu(OnnxValue x) {
        return graph.node("Gelu", x.axes(), used(x));
    }

    @Override
    public OnnxValue softplus(OnnxValue x) {
        return unary("Softplus", x, v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
    }

    @Override
    public OnnxValue atLeast(OnnxValue x, double least) {
        return binary("Max", x, scalar(least), Math::max);
    }

    @Override
    public OnnxValue log(OnnxValue x) {
        return unary("Log", x, Math::log);
    }

    private OnnxValue unary(String operator, OnnxValue x, DoubleUnaryOperator folded) {
        return x instanceof Known known
                ? Folding.unary(operator, known, folded)
                : graph.node(operator, x.axes(), used(x));
    }

    private OnnxValue binary(
            String operator, OnnxValue a, OnnxValue b, DoubleBinaryOperator folded) {
        return a instanceof Known left && b instanceof Known right
                ? Folding.binary(operator, left, right, folded)
                : graph.node(operator, a.axes().broadcast(b.axes()), used(a, b));
    }

    @Override
    public OnnxValue softmax(OnnxValue x, int axis) {
        return graph.node("Softmax", x.axes(), used(x), Attributes.of("axis", axis));
    }

    @Override
    public OnnxValue sum(OnnxValue x, int axis) {
        List<String> inputs = List.of(graph.use(x), graph.integers(axis));
        return graph.node(
                "ReduceSum", x.axes().with(axis, 1), inputs, Attributes.of("keepdims", 1));
    }

    @Override
    public OnnxValue matmul(OnnxValue a, OnnxValue b) {
        return graph.node("MatMul", a.axes().matmul(b.axes()), used(a, b));
    }

    @Override
    public OnnxValue linear(OnnxValue x, OnnxValue weight, OnnxValue bias) {
        if (!(weight instanceof Known W && bias instanceof Known b)) {
            return add(matmul(x, transpose(weight, 1, 0)), bias);
        }
        if (x instanceof Known known) {
            return Folding.linear(known, W, b);
        }
        Computed Wx = product.of(x, Folding.transpose(W, 1, 0));
        return graph.node(W.layer(), "Add", Wx.axes(), used(Wx, b));
    }

    @Override
    public OnnxValue layerNorm(OnnxValue x, OnnxValue weight, OnnxValue bias, double epsilon) {
        return graph.node(
                weight.layer(),
                "LayerNormalization",
                x.axes(),
                used(x, weight, bias),
                Attributes.of("axis", -1),
                Attributes.of("epsilon", (float) epsilon));
    }

    @Override
    public OnnxValue convolution(OnnxValue x, OnnxValue weight, Window window) {
        OnnxValue y = convolution(weight.layer(), used(x, weight), x, weight, window);
        if (weight instanceof Known known) {
            convolutions.put(y, new Convolution(x, known, window));
        }
        return y;
    }

    @Override
    public OnnxValue convolution(OnnxValue x, OnnxValue weight, OnnxValue bias, Window window) {
        return convolution(weight.layer(), used(x, weight, bias), x, weight, window);
    }

    private OnnxValue convolution(
            String layer, List<String> inputs, OnnxValue x, OnnxValue weight, Window window) {
        int before = window.before();
        int after = window.after();
        return graph.node(
                layer,
                "Conv",
                x.axes().convolved(weight.axes().length(0), window),
                inputs,
                Attributes.of("kernel_shape", new int[] {window.kernel(), window.kernel()}),
                Attributes.of("pads", new int[] {before, before, after, after}),
                Attributes.of("strides", new int[] {window.stride(), window.stride()}),
                Attributes.of("group", window.depthwise() ? x.axes().length(1) : 1));
    }

    /** Into the weights of the convolution before it, where there is one. */
    @Override
    public OnnxValue batchNorm(OnnxValue x, BatchNorm<OnnxValue> norm, double epsilon) {
        Convolution before = convolutions.get(x);
        if (before != null
                && norm.weight() instanceof Known weight
                && norm.bias() instanceof Known bias
                && norm.mean() instanceof Known mean
                && norm.variance() instanceof Known variance) {
            BatchNorm<Known> known = new BatchNorm<>(weight, bias, mean, variance);
            Known scaled = before.normalisedWeight(known, epsilon);
            Known shift = before.normalisedBias(known, epsilon);
            return convolution(
                    weight.layer(),
                    used(before.x(), scaled, shift),
                    before.x(),
                    scaled,
                    before.window());
        }
        return graph.node(
                norm.weight().layer(),
                "BatchNormalization",
                x.axes(),
                used(x, norm.weight(), norm.bias(), norm.mean(), norm.variance()),
                Attributes.of("epsilon", (float) epsilon));
    }

    @Override
    public OnnxValue reshape(OnnxValue x, int... shape) {
        Axes axes = Axes.of(shape);
        if (axes.size() != x.axes().size() || axes.batched() != x.axes().batched()) {
            throw new IllegalArgumentException(
                    "%s of shape %s cannot be %s".formatted(x.name(), x.axes(), axes));
        }
        if (x instanceof Known known) {
            return Folding.reshape(known, axes);
        }
        int[] lengths = shape.clone();
        if (axes.batched()) {
            // 0 copies the length, which keeps the batch's name through shape inference
            lengths[0] = 0;
        }
        return graph.node("Reshape", axes, List.of(graph.use(x), graph.integers(lengths)));
    }

    @Override
    public OnnxValue transpose(OnnxValue x, int... order) {
        return x instanceof Known known
                ? Folding.transpose(known, order)
                : graph.node(
                        "Transpose",
                        x.axes().transposed(order),
                        used(x),
                        Attributes.of("perm", order));
    }

    @Override
    public OnnxValue concat(List<OnnxValue> parts, int axis) {
        int length = parts.stream().mapToInt(part -> part.axes().length(axis)).sum();
        return graph.node(
                "Concat",
                parts.getFirst().axes().with(axis, length),
                used(parts.toArray(OnnxValue[]::new)),
                Attributes.of("axis", axis));
    }

    @Override
    public OnnxValue slice(OnnxValue x, int axis, int from, int to) {
        if (x instanceof Known known) {
            return Folding.slice(known, axis, from, to);
        }
        List<String> inputs =
                List.of(
                        graph.use(x),
                        graph.integers(from),
                        graph.integers(to),
                        graph.integers(axis));
        return graph.node("Slice", x.axes().with(axis, to - from), inputs);
    }

    @Override
    public OnnxValue repeatBatch(OnnxValue value, OnnxValue like) {
        Computed batch = batches.computeIfAbsent(like, this::batch);
        int[] ones = new int[value.axes().rank() - 1];
        Arrays.fill(ones, 1);
        Computed shape =
                graph.node(
                        "Concat",
                        Axes.of(value.axes().rank()),
                        List.of(batch.name(), graph.integers(ones)),
                        Attributes.of("axis", 0));
        return graph.node(
                "Expand", value.axes().with(0, like.axes().length(0)), used(value, shape));
    }

    private Computed batch(OnnxValue like) {
        return graph.node(
                "Shape",
                Axes.of(1),
                used(like),
                Attributes.of("start", 0),
                Attributes.of("end", 1));
    }

    @Override
    public OnnxValue dropPath(OnnxValue branch) {
        return branch;
    }

    @Override
    public OnnxValue dropTokens(OnnxValue tokens) {
        return tokens;
    }

    @Override
    public OnnxValue meanImage(OnnxValue value, OnnxValue stored) {
        return stored;
    }

    private List<String> used(OnnxValue... values) {
        return Arrays.stream(values).map(graph::use).toList();
    }
}
