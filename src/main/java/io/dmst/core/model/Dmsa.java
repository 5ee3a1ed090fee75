package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Rope;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.Arrays;

/**
 * DMSA: one unrolled gradient step on the variational coding rate, with memberships learned from
 * the input and sparse subspaces derived from one full space. Linear in the tokens.
 *
 * <pre>
 * Y    = X S + b                                  full space, N×d
 * Π    = softmax_k(X W_Π + b_Π)                   membership, N×K
 * s_ki = Σ_j Π_jk Y_ji² / (Σ_j Π_jk + 1e-8)       second moment, K×d
 * m_ki = sparsifier                               subspace U_k = S Diag(m_k)
 * a_ki = m_ki² / (1 + m_ki² s_ki)                 gradient of the rate
 * out  = −((Π a) ∘ Y) W_O + b_O
 * </pre>
 *
 * <p>Source: our derivation from the statements of arXiv 2601.17042. In the checkpoint S is {@code
 * qkv} and W_O is {@code to_out.0}, ToST's names for the same roles.
 */
final class Dmsa {

    private Dmsa() {}

    /**
     * The attention output {@code [B, N, d]}.
     *
     * @param x normalised tokens {@code [B, N, d]}
     */
    static <T> T attention(Scope<T> attn, ModelConfig config, T x, LayerWatch<T> layer) {
        Ops<T> ops = attn.ops();
        int d = config.embedDim();
        Rope rope = config.rope();

        T space = attn.linear("qkv", x, d, d);
        T Y = rope == Rope.PROJECTION ? Rotation.of(ops, config).forward(space) : space;
        T features = rope == Rope.MEMBERSHIP ? Rotation.of(ops, config).forward(x) : x;
        T Pi =
                layer.membership(
                        ops.softmax(attn.linear("membership", features, d, config.numHeads()), 2));

        T s = secondMoments(ops, Pi, ops.square(Y));
        T m2 = selection(attn, config, s);
        T a = ops.divide(m2, ops.add(ops.multiply(m2, s), 1));
        T gated = ops.multiply(ops.matmul(Pi, ops.multiply(a, -1)), Y);

        layer.record(Probe.MEMBERSHIP, Pi);
        layer.record(Probe.SECOND_MOMENT, s);
        layer.record(Probe.SELECTION, m2);
        T step = rope == Rope.PROJECTION ? Rotation.of(ops, config).backward(gated) : gated;
        return attn.linear("to_out.0", step, d, d);
    }

    private static <T> T secondMoments(Ops<T> ops, T Pi, T squares) {
        T groups = ops.transpose(Pi, 0, 2, 1);
        T mass = ops.add(ops.sum(groups, 2), 1e-8);
        return ops.divide(ops.matmul(groups, squares), mass);
    }

    /** m² {@code [B, K, d]}. */
    private static <T> T selection(Scope<T> attn, ModelConfig config, T s) {
        return switch (config.sparsifier()) {
            case NONE -> everyAxis(attn.ops(), config, s);
            case MOMENT -> moment(attn, config, s);
            case MASK -> mask(attn, config, s);
        };
    }

    private static <T> T everyAxis(Ops<T> ops, ModelConfig config, T s) {
        float[] ones = new float[config.numHeads() * config.embedDim()];
        Arrays.fill(ones, 1);
        return ops.repeatBatch(ops.constant(ones, 1, config.numHeads(), config.embedDim()), s);
    }

    private static <T> T moment(Scope<T> attn, ModelConfig config, T s) {
        Ops<T> ops = attn.ops();
        T mean = ops.add(ops.multiply(ops.sum(s, 2), 1.0 / config.embedDim()), 1e-8);
        T r = ops.divide(s, mean);
        T kept = ops.relu(ops.subtract(r, threshold(attn, config)));
        return ops.divide(kept, ops.add(r, 1e-6));
    }

    private static <T> T mask(Scope<T> attn, ModelConfig config, T s) {
        Ops<T> ops = attn.ops();
        T M = attn.parameter("mask", Init.MASK, config.numHeads(), config.embedDim());
        T magnitude = ops.relu(ops.subtract(ops.abs(M), threshold(attn, config)));
        T m2 = ops.reshape(ops.square(magnitude), 1, config.numHeads(), config.embedDim());
        return ops.repeatBatch(m2, s);
    }

    /** λ = softplus(θ) {@code [K, 1]}. */
    private static <T> T threshold(Scope<T> attn, ModelConfig config) {
        T theta = attn.parameter("threshold", Init.THRESHOLD, config.numHeads());
        return attn.ops().reshape(attn.ops().softplus(theta), config.numHeads(), 1);
    }
}
