package io.dmst.core.onnx;

import io.dmst.core.onnx.OnnxValue.Computed;
import io.dmst.core.onnx.OnnxValue.Known;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.AttributeProto;
import onnx.GraphProto;
import onnx.NodeProto;
import onnx.TensorProto;
import onnx.TensorProto.DataType;
import onnx.ValueInfoProto;

/**
 * A graph while it is written: nodes in the order of their computation, known values as
 * initialisers. Nodes are named {@code LAYER/OPERATOR}. What no output depends on is left out in
 * the end.
 */
final class Graph {

    private final List<NodeProto.Builder> nodes = new ArrayList<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final Map<String, String> outputNames = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Known> floats = new LinkedHashMap<>();
    private final Set<String> halves = new HashSet<>();
    private final Map<String, List<Integer>> integers = new LinkedHashMap<>();
    private final Map<Known, String> namesOfKnown = new IdentityHashMap<>();
    private final Map<Content, Known> constants = new HashMap<>();
    private String layer = "";

    private record Content(FloatBuffer values, Axes axes) {}

    /** Names the nodes that follow after a layer, unless they say otherwise. */
    void enter(String layerName) {
        layer = layerName;
    }

    Computed input(String name, DataType type, Axes axes, String documentation) {
        names.add(name);
        inputs.add(Types.describe(name, type, axes, documentation));
        return new Computed(name, axes);
    }

    /** The same constant for the same numbers. */
    Known constant(float[] values, Axes axes) {
        float[] kept = values.clone();
        String name = kept.length == 1 ? "scalar." + kept[0] : "constant";
        return constants.computeIfAbsent(
                new Content(FloatBuffer.wrap(kept), axes),
                content -> new Known(name, "", axes, () -> kept));
    }

    /** The name of a vector of 64-bit integers. */
    String integers(int... values) {
        List<Integer> list = Arrays.stream(values).boxed().toList();
        String name = "int64." + String.join("_", list.stream().map(String::valueOf).toList());
        integers.put(name, list);
        return name;
    }

    /** The name of a value as input of a node. */
    String use(OnnxValue value) {
        return switch (value) {
            case Computed computed -> computed.name();
            case Known known -> namesOfKnown.computeIfAbsent(known, this::initialiser);
        };
    }

    /** As the other one, in 16 bit. */
    String useHalf(Known known) {
        String name = initialiser(known.derived("fp16", known.axes(), known.values()));
        halves.add(name);
        return name;
    }

    private String initialiser(Known known) {
        String name = unused(known.name());
        floats.put(name, known);
        return name;
    }

    private String unused(String wish) {
        String name = wish;
        for (int i = 2; !names.add(name); i++) {
            name = wish + "." + i;
        }
        return name;
    }

    Computed node(String operator, Axes axes, List<String> inputs, AttributeProto... attributes) {
        return node(layer, operator, axes, inputs, attributes);
    }

    Computed node(
            String layerName,
            String operator,
            Axes axes,
            List<String> inputs,
            AttributeProto... attributes) {
        String name = unused(layerName.isEmpty() ? operator : layerName + "/" + operator);
        nodes.add(
                NodeProto.newBuilder()
                        .setName(name)
                        .setOpType(operator)
                        .addAllInput(inputs)
                        .addOutput(name)
                        .addAllAttribute(Arrays.asList(attributes)));
        return new Computed(name, axes);
    }

    /** Makes a value an output, under a name of its own. */
    void output(String name, OnnxValue value, String documentation) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("the graph has a value '" + name + "' already");
        }
        boolean renamable =
                value instanceof Computed
                        && !outputNames.containsKey(value.name())
                        && inputs.stream().noneMatch(input -> input.getName().equals(value.name()));
        Computed result =
                renamable
                        ? (Computed) value
                        : node(name, "Identity", value.axes(), List.of(use(value)));
        outputNames.put(result.name(), name);
        outputs.add(Types.describe(name, DataType.FLOAT, value.axes(), documentation));
    }

    /** The finished graph. */
    GraphProto finish(String name, String documentation, WeightStore weights) {
        List<NodeProto.Builder> needed = needed();
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .setName(name)
                        .setDocString(documentation)
                        .addAllInput(inputs)
                        .addAllOutput(outputs);
        Set<String> used = new HashSet<>();
        for (NodeProto.Builder node : needed) {
            used.addAll(node.getInputList());
            graph.addNode(renamed(node));
        }
        floats.forEach((key, known) -> {
            if (used.contains(key)) {
                graph.addInitializer(initialiser(key, known, weights));
            }
        });
        integers.forEach((key, values) -> {
            if (used.contains(key)) {
                graph.addInitializer(Types.integers(key, values));
            }
        });
        return graph.build();
    }

    /** The nodes that an output depends on, in order. */
    private List<NodeProto.Builder> needed() {
        Set<String> wanted = new HashSet<>(outputNames.keySet());
        Deque<NodeProto.Builder> kept = new ArrayDeque<>();
        for (NodeProto.Builder node : nodes.reversed()) {
            if (!Collections.disjoint(wanted, node.getOutputList())) {
                wanted.addAll(node.getInputList());
                kept.addFirst(node);
            }
        }
        return List.copyOf(kept);
    }

    private NodeProto renamed(NodeProto.Builder node) {
        NodeProto.Builder renamed = node.clone().clearInput().clearOutput();
        node.getInputList().forEach(in -> renamed.addInput(outputNames.getOrDefault(in, in)));
        node.getOutputList().forEach(out -> renamed.addOutput(outputNames.getOrDefault(out, out)));
        return renamed.build();
    }

    private TensorProto initialiser(String name, Known known, WeightStore weights) {
        boolean half = halves.contains(name);
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(half ? DataType.FLOAT16_VALUE : DataType.FLOAT_VALUE);
        known.axes().lengths().forEach(tensor::addDims);
        float[] values = checked(known);
        return weights.store(tensor, half ? halfBytes(values) : bytes(values));
    }

    private static float[] checked(Known known) {
        float[] values = known.values().get();
        if (values.length != known.axes().size()) {
            throw new IllegalStateException(
                    "%s has %d values for shape %s"
                            .formatted(known.name(), values.length, known.axes()));
        }
        return values;
    }

    private static ByteBuffer bytes(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private static ByteBuffer halfBytes(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Short.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return bytes.flip();
    }
}
