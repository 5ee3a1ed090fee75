package io.dmst.core.onnx;

import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.Parameters;
import io.dmst.core.onnx.OnnxValue.Known;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a checkpoint as a network's parameters; checked to be exactly those that it wants,
 * in shape and number. Immutable.
 */
final class CheckpointParameters {

    /** Buffers of the published checkpoints that say nothing about the function. */
    private static final String COUNTER = ".num_batches_tracked";

    private static final Set<String> LEAVES =
            Set.of("weight", "bias", "running_mean", "running_var");

    private static final int SHOWN = 8;

    private final Map<String, Known> parameters = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException if a tensor is missing, has another shape, or is not one of
     *     the network's, naming them
     */
    CheckpointParameters(Network network, Map<String, Tensor> weights) {
        List<String> faults = new ArrayList<>();
        Set<String> strangers = new TreeSet<>(weights.keySet());
        for (ParameterSpec spec : network.parameters()) {
            strangers.remove(spec.name());
            Tensor tensor = weights.get(spec.name());
            if (tensor == null) {
                faults.add("%s %s is missing".formatted(spec.name(), spec.shape()));
            } else if (!tensor.shape().equals(spec.shape())) {
                faults.add(
                        "%s must have shape %s, not %s"
                                .formatted(spec.name(), spec.shape(), tensor.shape()));
            } else {
                parameters.put(spec.name(), known(spec, tensor));
            }
        }
        strangers.removeIf(name -> name.endsWith(COUNTER));
        strangers.forEach(name -> faults.add(name + " has no place in it"));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    "the weights do not fit the network '%s': %s%s"
                            .formatted(
                                    network.config().name(),
                                    String.join("; ", faults.subList(0, shown(faults))),
                                    faults.size() > SHOWN
                                            ? "; and %d more".formatted(faults.size() - SHOWN)
                                            : ""));
        }
    }

    private static int shown(List<String> faults) {
        return Math.min(SHOWN, faults.size());
    }

    private static Known known(ParameterSpec spec, Tensor tensor) {
        return new Known(
                spec.name(), parent(spec.name()), new Axes(spec.shape()), tensor::toFloats);
    }

    /** For one graph, whose nodes are named after the layer that asked for a parameter last. */
    Parameters<OnnxValue> in(Graph graph) {
        return spec -> {
            graph.enter(layer(spec.name()));
            Known parameter = parameters.get(spec.name());
            if (parameter == null) {
                throw new IllegalStateException(spec.name() + " is not among the parameters");
            }
            return parameter;
        };
    }

    /** The part of the network that a parameter's use belongs to. */
    private static String layer(String parameter) {
        String owner = parent(parameter);
        return LEAVES.contains(parameter.substring(owner.isEmpty() ? 0 : owner.length() + 1))
                ? parent(owner)
                : owner;
    }

    private static String parent(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(0, dot);
    }
}
