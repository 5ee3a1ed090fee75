package io.dmst.core.model;

import io.dmst.core.checkpoint.HeadType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.MembershipPooling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Splits the class scores of a membership head over tokens and groups, from the probes of a forward
 * pass and the head's weights.
 *
 * <pre>
 * logit_c = b_c + Σ_j Σ_k contribution_jk,   contribution_jk = (K/N) D_jk (w_ck · LN(x_j))
 * </pre>
 *
 * <p>In doubles, of probes in single precision: the sum is the pass's own logit to about 1e-5 of
 * its size. {@link MembershipPooling} has the formula and says what of the split is a convention.
 * Immutable and thread-safe.
 */
public final class Contributions {

    private final ModelConfig config;
    private final List<String> labels;
    private final float[] weight;
    private final float[] bias;

    private Contributions(ModelConfig config, List<String> labels, float[] weight, float[] bias) {
        this.config = config;
        this.labels = labels;
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * The contributions to one class's logit.
     *
     * @param index of the class
     * @param label of the class
     * @param parts of every token and group (N×K)
     * @param bias of the class; with the sum of the parts it is the logit
     */
    public record OfClass(int index, String label, Matrix parts, double bias) {

        /** The parts as a map for every group, one after the other ({@code [K, N]}). */
        public float[] maps() {
            float[] maps = new float[parts.rows() * parts.cols()];
            for (int j = 0; j < parts.rows(); j++) {
                for (int k = 0; k < parts.cols(); k++) {
                    maps[k * parts.rows() + j] = (float) parts.at(j, k);
                }
            }
            return maps;
        }
    }

    /** Of a model in a directory; empty where its head is another one. */
    public static Optional<Contributions> of(ModelDirectory model) {
        return of(model.config(), model.labels(), model.weights());
    }

    /**
     * Of a model; empty where its head is another one.
     *
     * @param labels one per class
     * @param weights of the whole network
     * @throws io.dmst.core.checkpoint.CheckpointException if the head's tensors are missing or of
     *     another shape
     */
    public static Optional<Contributions> of(
            ModelConfig config, List<String> labels, TensorMap weights) {
        if (config.head() != HeadType.MEMBERSHIP) {
            return Optional.empty();
        }
        int classes = config.numClasses();
        int pooled = Math.multiplyExact(config.numHeads(), config.embedDim());
        return Optional.of(
                new Contributions(
                        config,
                        List.copyOf(labels),
                        weights.get("head.weight", classes, pooled).toFloats(),
                        weights.get("head.bias", classes).toFloats()));
    }

    /** The probes that a forward pass must have recorded. */
    public static Set<String> probes(ModelConfig config) {
        int last = config.depth() - 1;
        return Set.of(Probe.HEAD_MEMBERSHIP.in(last), Probe.HEAD_TOKENS.in(last));
    }

    /** As {@link #probes(ModelConfig)}, of this model. */
    public Set<String> probes() {
        return probes(config);
    }

    /**
     * The contributions to the logit of one class.
     *
     * @param trace values of the {@link #probes} by name, without the batch, row-major
     * @param index of the class
     * @throws IllegalArgumentException if a probe is missing or of another size, or there is no
     *     such class
     */
    public OfClass to(int index, Map<String, float[]> trace) {
        if (index < 0 || index >= labels.size()) {
            throw new IllegalArgumentException(
                    "expected a class from 0 to %d, got %d".formatted(labels.size() - 1, index));
        }
        int K = config.numHeads();
        int d = config.embedDim();
        Matrix D = matrix(trace, Probe.HEAD_MEMBERSHIP, K);
        Matrix tokens = matrix(trace, Probe.HEAD_TOKENS, d);
        int from = index * K * d;
        Matrix w = Matrix.generate(K, d, (k, i) -> weight[from + k * d + i]);
        return new OfClass(
                index,
                labels.get(index),
                new MembershipPooling(D, tokens).contributions(w),
                bias[index]);
    }

    private Matrix matrix(Map<String, float[]> trace, Probe probe, int columns) {
        String name = probe.in(config.depth() - 1);
        float[] values = trace.get(name);
        int rows = config.tokens();
        if (values == null || values.length != rows * columns) {
            throw new IllegalArgumentException(
                    "expected %d values of %s in the trace, got %s"
                            .formatted(
                                    rows * columns, name, values == null ? "none" : values.length));
        }
        return Matrix.generate(rows, columns, (j, i) -> values[j * columns + i]);
    }
}
