package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;

/**
 * Multi-head softmax attention (arXiv 1706.03762): the quadratic baseline. It has no membership.
 */
final class Mhsa {

    private Mhsa() {}

    /**
     * The attention output {@code [B, N, d]}.
     *
     * @param x normalised tokens {@code [B, N, d]}
     */
    static <T> T attention(Scope<T> attn, ModelConfig config, T x) {
        Ops<T> ops = attn.ops();
        int n = config.tokens();
        int d = config.embedDim();
        int K = config.numHeads();

        T qkv = attn.linear("qkv", x, d, 3 * d);
        T q = heads(ops, ops.slice(qkv, 2, 0, d), n, K, d / K);
        T k = heads(ops, ops.slice(qkv, 2, d, 2 * d), n, K, d / K);
        T v = heads(ops, ops.slice(qkv, 2, 2 * d, 3 * d), n, K, d / K);
        T scores =
                ops.matmul(
                        ops.multiply(q, 1 / Math.sqrt((double) d / K)),
                        ops.transpose(k, 0, 1, 3, 2));
        T mixed = ops.matmul(ops.softmax(scores, 3), v);
        return attn.linear("proj", ops.reshape(ops.transpose(mixed, 0, 2, 1, 3), -1, n, d), d, d);
    }

    /** {@code [B, n, K p]} as {@code [B, K, n, p]}. */
    static <T> T heads(Ops<T> ops, T x, int n, int K, int p) {
        return ops.transpose(ops.reshape(x, -1, n, K, p), 0, 2, 1, 3);
    }
}
