package io.dmst.model;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.Preprocessing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network: stem, blocks, class attention, head. One definition that is trained, exported,
 * served and explained.
 *
 * <p>Immutable and thread-safe; the operations and the trace that a call is given need not be.
 */
public final class Network {

    private final ModelConfig config;

    /** A network of the given shape. */
    public Network(ModelConfig config) {
        this.config = config;
    }

    /** Its shape. */
    public ModelConfig config() {
        return config;
    }

    /**
     * From pixels as images have them to the network's input.
     *
     * @param pixels {@code [B, H, W, 3]}, values 0 to 255
     * @return {@code [B, 3, H, W]}, normalised
     */
    public <T> T normalise(Ops<T> ops, T pixels) {
        Preprocessing preprocessing = config.preprocessing();
        float[] scale = new float[3];
        float[] offset = new float[3];
        for (int c = 0; c < 3; c++) {
            double std = preprocessing.std().get(c);
            scale[c] = (float) (1 / (255 * std));
            offset[c] = (float) (preprocessing.mean().get(c) / std);
        }
        // planes first: per-channel constants then broadcast over rows instead of single pixels
        T planes = ops.toFloat(ops.transpose(pixels, 0, 3, 1, 2));
        T scaled = ops.multiply(planes, ops.constant(scale, 3, 1, 1));
        return ops.subtract(scaled, ops.constant(offset, 3, 1, 1));
    }

    /**
     * The class scores of a batch.
     *
     * @param ops what the network is computed with
     * @param parameters its weights
     * @param input {@code [B, 3, H, W]}, normalised
     * @param trace receives the probes
     * @return logits {@code [B, classes]}
     */
    public <T> T logits(Ops<T> ops, Parameters<T> parameters, T input, Trace<T> trace) {
        Scope<T> root = new Scope<>(ops, parameters, "");
        int d = config.embedDim();
        T x = Stem.tokens(root, config, input);
        for (int layer = 0; layer < config.depth(); layer++) {
            x = Block.tokens(root.in("blocks", layer), config, x, trace.layer(layer));
        }
        T cls = ClassAttention.classToken(root, config, x, trace);
        T normed = root.layerNorm("norm", cls, d, config.layerNormEps());
        return root.linear("head", ops.reshape(normed, -1, d), d, config.numClasses());
    }

    /** Names of the probes that a forward pass records, such as {@code membership.3}. */
    public List<String> probes() {
        List<String> names = new ArrayList<>();
        Trace<Object> collector = (probe, layer, value) -> names.add(probe.in(layer));
        logits(new SilentOps(), spec -> SilentOps.NOTHING, SilentOps.NOTHING, collector);
        return names;
    }

    /** Every parameter, in the order in which the forward pass uses it first. */
    public List<ParameterSpec> parameters() {
        Map<String, ParameterSpec> found = new LinkedHashMap<>();
        Parameters<Object> collector =
                spec -> {
                    found.putIfAbsent(spec.name(), spec);
                    return SilentOps.NOTHING;
                };
        logits(new SilentOps(), collector, SilentOps.NOTHING, Trace.none());
        return new ArrayList<>(found.values());
    }
}
