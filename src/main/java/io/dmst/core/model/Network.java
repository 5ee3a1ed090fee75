package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Preprocessing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The network: stem, blocks, head. One definition that is trained, exported, served and explained.
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
     * What the stem makes of a batch: the same for each training image while the stem is frozen.
     *
     * @param input {@code [B, 3, H, W]}, normalised
     * @return each {@code [B, C, h, w]}
     */
    public <T> List<T> features(Ops<T> ops, Parameters<T> parameters, T input) {
        return Stem.features(new Scope<>(ops, parameters, ""), config, input);
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
        List<T> features = features(ops, parameters, input);
        return fromFeatures(ops, parameters, features, new Watch<>(trace, Intervention.none()));
    }

    /**
     * The class scores of a batch whose features are known.
     *
     * @param features as {@link #features} gives them
     * @return logits {@code [B, classes]}
     */
    public <T> T fromFeatures(
            Ops<T> ops, Parameters<T> parameters, List<T> features, Watch<T> watch) {
        Scope<T> root = new Scope<>(ops, parameters, "");
        LastMembership<T> last = new LastMembership<>(watch.trace());
        T x = Stem.tokens(root, config, features);
        for (int index = 0; index < config.depth(); index++) {
            LayerWatch<T> layer = new LayerWatch<>(index, last, watch.intervention());
            x = Block.tokens(root.in("blocks", index), config, x, layer);
        }
        return switch (config.head()) {
            case CLASS_ATTENTION -> classAttention(root, x, watch);
            case MEMBERSHIP -> {
                T Pi = watch.intervention().headMembership(last.value());
                LayerWatch<T> layer =
                        new LayerWatch<>(config.depth() - 1, watch.trace(), watch.intervention());
                yield MembershipHead.logits(root, config, x, Pi, layer);
            }
        };
    }

    /**
     * What looks at a forward pass and what changes it.
     *
     * @param trace receives the probes
     * @param intervention may replace values
     */
    public record Watch<T>(Trace<T> trace, Intervention<T> intervention) {}

    /** Keeps the memberships of the block that came last, for the head. */
    private static final class LastMembership<T> implements Trace<T> {

        private final Trace<T> next;
        private @Nullable T found;

        LastMembership(Trace<T> next) {
            this.next = next;
        }

        @Override
        public void record(Probe probe, int layer, T value) {
            if (probe == Probe.MEMBERSHIP) {
                found = value;
            }
            next.record(probe, layer, value);
        }

        T value() {
            return Objects.requireNonNull(found, "the last block has recorded no membership");
        }
    }

    private <T> T classAttention(Scope<T> root, T x, Watch<T> watch) {
        int d = config.embedDim();
        T cls = ClassAttention.classToken(root, config, x, watch);
        T normed = root.layerNorm("norm", cls, d, config.layerNormEps());
        return root.linear("head", root.ops().reshape(normed, -1, d), d, config.numClasses());
    }

    /** Names of the parameters that {@link #features} needs. */
    public Set<String> stemParameters() {
        Set<String> names = new LinkedHashSet<>();
        features(new SilentOps(), namesTo(names), SilentOps.NOTHING);
        return names;
    }

    private static Parameters<Object> namesTo(Set<String> names) {
        return spec -> {
            names.add(spec.name());
            return SilentOps.NOTHING;
        };
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
