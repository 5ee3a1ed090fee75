package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;

/**
 * TSSA, the token statistics self-attention of ToST (arXiv 2412.17810), exactly as its published
 * code computes it: channels are normalised over the tokens for the membership, every group owns a
 * block of p channels.
 *
 * <pre>
 * W    = X A + b
 * Π_jk = softmax_k( temp_k Σ_{i in k} Ŵ_ji² ),  Ŵ_·i = W_·i / ‖W_·i‖
 * s_ki = Σ_j Π_jk W_ji² / (Σ_j Π_jk + 1e-8)
 * out  = −( Π_jk W_ji / (1 + s_ki) ) W_O + b_O
 * </pre>
 */
final class Tssa {

    /** Square of the least norm, 1e-12, that the published code divides by. */
    private static final double LEAST_SQUARED_NORM = 1e-24;

    private Tssa() {}

    /**
     * The attention output {@code [B, N, d]}.
     *
     * @param x normalised tokens {@code [B, N, d]}
     */
    static <T> T attention(Scope<T> attn, ModelConfig config, T x, LayerWatch<T> layer) {
        Ops<T> ops = attn.ops();
        int n = config.tokens();
        int d = config.embedDim();
        int K = config.numHeads();

        T W = attn.linear("qkv", x, d, d);
        T squares = ops.square(W);
        T norms = ops.atLeast(ops.sum(squares, 1), LEAST_SQUARED_NORM);
        T heads = ops.reshape(ops.divide(squares, norms), -1, n, K, d / K);
        T energy = ops.reshape(ops.sum(heads, 3), -1, n, K);
        T temp = ops.reshape(attn.parameter("temp", Init.ONES, K, 1), 1, 1, K);
        T Pi = layer.membership(ops.softmax(ops.multiply(energy, temp), 2));

        T weights = ops.reshape(Pi, -1, n, K, 1);
        T mass = ops.add(ops.sum(weights, 1), 1e-8);
        T grouped = ops.reshape(squares, -1, n, K, d / K);
        T s = ops.divide(ops.sum(ops.multiply(weights, grouped), 1), mass);
        T gate = ops.divide(ops.multiply(weights, -1), ops.add(s, 1));
        T gated = ops.multiply(gate, ops.reshape(W, -1, n, K, d / K));

        layer.record(Probe.MEMBERSHIP, Pi);
        layer.record(Probe.SECOND_MOMENT, ops.reshape(s, -1, K, d / K));
        return attn.linear("to_out.0", ops.reshape(gated, -1, n, d), d, d);
    }
}
