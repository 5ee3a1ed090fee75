package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.CodingRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Computes the {@link Statistic}s of a forward pass from the memberships, second moments and
 * selections that it has computed anyway.
 *
 * <pre>
 * usage_k = 1/N Σ_j Π_jk
 * entropy = −1/N Σ_jk Π_jk ln Π_jk
 * e       = Σ_k usage_k Σ_i s_ki                           mean squared norm of the projected tokens
 * R_c^var = ½ Σ_k usage_k Σ_i ln( 1 + d/(ε² e) m²_ki s_ki )
 * </pre>
 *
 * <p>The layers are stacked first and computed together: a small network pays for the number of
 * operations, not for their size. {@link io.dmst.core.math.CodingRate#variationalOfUnitTokens} and
 * {@link io.dmst.core.math.Membership} are the specification.
 *
 * <p>A trace to hand to the forward pass; passes on what it receives. Of one pass, not thread-safe.
 *
 * @param <T> a value of the matching {@link Ops}
 */
public final class AttentionStatistics<T> implements Trace<T> {

    /** Keeps the logarithm finite where a membership has underflowed to 0; 0 ln 0 is 0. */
    private static final double LEAST_MEMBERSHIP = 1e-30;

    /** Keeps moments of zero at zero, as the specification does. */
    private static final double LEAST_ENERGY = 1e-12;

    private final Ops<T> ops;
    private final ModelConfig config;
    private final Trace<T> next;
    private final List<T> memberships = new ArrayList<>();
    private final List<T> moments = new ArrayList<>();
    private final List<T> selections = new ArrayList<>();

    /**
     * @param ops of the forward pass
     * @param config of its network
     * @param next receives every probe, too
     */
    public AttentionStatistics(Ops<T> ops, ModelConfig config, Trace<T> next) {
        this.ops = ops;
        this.config = config;
        this.next = next;
    }

    @Override
    public void record(Probe probe, int layer, T value) {
        switch (probe) {
            case MEMBERSHIP -> memberships.add(value);
            case SECOND_MOMENT -> moments.add(value);
            case SELECTION -> selections.add(value);
            case ATTENTION, TOKENS, CLASS_ATTENTION, HEAD_MEMBERSHIP, HEAD_TOKENS -> {}
        }
        next.record(probe, layer, value);
    }

    /** The statistics of the pass that has ended; none where attention has no membership. */
    public Map<Statistic, T> values() {
        Map<Statistic, T> values = new EnumMap<>(Statistic.class);
        if (!memberships.isEmpty()) {
            T Pi = ops.concat(memberships, 1);
            T usage = ops.matmul(perLayer(1), Pi);
            T ln = ops.log(ops.atLeast(Pi, LEAST_MEMBERSHIP));
            T entropy = ops.sum(ops.matmul(perLayer(-1), ops.multiply(Pi, ln)), 2);
            values.put(Statistic.CODING_RATE, ops.reshape(codingRate(usage), -1, layers()));
            values.put(Statistic.ENTROPY, ops.reshape(entropy, -1, layers()));
            values.put(Statistic.USAGE, usage);
        }
        return values;
    }

    /**
     * {@code [B, L, 1, 1]}.
     *
     * @param usage {@code [B, L, K]}
     */
    private T codingRate(T usage) {
        int K = config.numHeads();
        // TSSA measures and keeps the axes of a group's own block alone
        int axes = selections.isEmpty() ? config.embedDim() / K : config.embedDim();
        T shares = ops.reshape(usage, -1, layers(), 1, K);
        T s = stacked(moments, K, axes);
        T kept = selections.isEmpty() ? s : ops.multiply(stacked(selections, K, axes), s);
        T energy = ops.atLeast(ops.matmul(shares, ops.sum(s, 3)), LEAST_ENERGY);
        float scale = (float) (config.embedDim() / CodingRate.EPSILON_SQUARED);
        T unit = ops.divide(ops.constant(new float[] {scale}, 1, 1, 1, 1), energy);
        T terms = ops.log(ops.add(ops.multiply(kept, unit), 1));
        return ops.multiply(ops.matmul(shares, ops.sum(terms, 3)), 0.5);
    }

    /** {@code factor/N} where a token (column) is of a layer (row), else 0: {@code [L, L N]}. */
    private T perLayer(double factor) {
        int n = config.tokens();
        float[] weights = new float[layers() * layers() * n];
        for (int layer = 0; layer < layers(); layer++) {
            int row = layer * layers() * n;
            Arrays.fill(weights, row + layer * n, row + (layer + 1) * n, (float) (factor / n));
        }
        return ops.constant(weights, layers(), layers() * n);
    }

    /** {@code [B, rows, columns]} of every layer as {@code [B, L, rows, columns]}. */
    private T stacked(List<T> ofLayers, int rows, int columns) {
        return ops.reshape(ops.concat(ofLayers, 1), -1, layers(), rows, columns);
    }

    private int layers() {
        return config.depth();
    }
}
