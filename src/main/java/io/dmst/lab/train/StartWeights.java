package io.dmst.lab.train;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.StemType;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.ParameterSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that a training starts with instead of random ones. Immutable.
 *
 * @param tensors by parameter
 * @param labels of the classes that the head is of; empty for weights without a head
 * @param source what they are of, for the card and the state
 */
public record StartWeights(Map<String, Tensor> tensors, List<String> labels, String source) {

    /** Every weight is random. */
    public static final StartWeights RANDOM =
            new StartWeights(Map.of(), List.of(), "random weights");

    public StartWeights {
        tensors = Map.copyOf(tensors);
        labels = List.copyOf(labels);
    }

    /** Those of a trained model: each parameter of the same name and shape. */
    public static StartWeights of(ModelDirectory model) {
        String name = model.config().name() + " " + model.digest();
        return new StartWeights(model.weights().tensors(), model.labels(), name);
    }

    /**
     * The pretrained weights of a stem; none for a stem that has no such weights.
     *
     * @throws IOException if they cannot be read
     */
    public static StartWeights ofStem(StemType stem) throws IOException {
        if (!stem.pretrained()) {
            return RANDOM;
        }
        String name = stem.name().toLowerCase(Locale.ROOT).replace('_', '-');
        String resource = "stems/" + name + ".safetensors";
        try (InputStream in = StartWeights.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this build has no " + resource);
            }
            return new StartWeights(
                    Safetensors.read(in.readAllBytes(), resource).tensors(),
                    List.of(),
                    name + ", pretrained on ImageNet");
        }
    }

    /** The tensor that a parameter starts with, if there is one of its name and shape. */
    Optional<Tensor> of(ParameterSpec spec) {
        return Optional.ofNullable(tensors.get(spec.name()))
                .filter(tensor -> tensor.shape().equals(spec.shape()));
    }

    /** These, without the head's weights where it is of other classes than the given ones. */
    StartWeights forClasses(List<String> classes) {
        if (labels.isEmpty() || labels.equals(classes)) {
            return this;
        }
        Map<String, Tensor> kept = new HashMap<>(tensors);
        kept.remove("head.weight");
        kept.remove("head.bias");
        return new StartWeights(kept, List.of(), source);
    }
}
