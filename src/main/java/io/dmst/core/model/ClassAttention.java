package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.List;

/**
 * The class token gathers the patch tokens (CaiT, arXiv 2103.17239), exactly as the published ToST
 * code has it, where every token is normalised again and patch tokens pass each block twice over.
 */
final class ClassAttention {

    private ClassAttention() {}

    /**
     * The class token after all class-attention blocks.
     *
     * @param x patch tokens {@code [B, N, d]}
     * @return {@code [B, 1, d]}
     */
    static <T> T classToken(Scope<T> root, ModelConfig config, T x, Network.Watch<T> watch) {
        Ops<T> ops = root.ops();
        int d = config.embedDim();
        T start = root.parameter("cls_token", Init.TOKEN, 1, 1, d);
        Tokens<T> tokens = new Tokens<>(ops.repeatBatch(start, x), x);
        for (int index = 0; index < config.clsAttnLayers(); index++) {
            boolean last = index == config.clsAttnLayers() - 1;
            Scope<T> block = root.in("cls_attn_blocks", index);
            LayerWatch<T> at = new LayerWatch<>(index, watch.trace(), watch.intervention());
            tokens = block(block, config, tokens, last, at);
        }
        return tokens.cls();
    }

    private record Tokens<T>(T cls, T patches) {}

    private static <T> Tokens<T> block(
            Scope<T> block, ModelConfig config, Tokens<T> in, boolean last, LayerWatch<T> layer) {
        Ops<T> ops = block.ops();
        int d = config.embedDim();
        double epsilon = config.layerNormEps();
        T gamma1 = block.parameter("gamma1", Init.LAYER_SCALE, d);
        T gamma2 = block.parameter("gamma2", Init.LAYER_SCALE, d);

        T all = ops.concat(List.of(in.cls(), in.patches()), 1);
        T normed = block.layerNorm("norm1", all, d, epsilon);
        T update = attention(block.in("attn"), config, normed, layer);
        T attended = ops.add(in.cls(), ops.multiply(update, gamma1));
        T query = block.layerNorm("norm2", attended, d, epsilon);
        T cls = ops.add(query, ops.multiply(block.mlp(query, d, config.mlpRatio()), gamma2));
        if (last) {
            return new Tokens<>(cls, in.patches());
        }
        T kept = ops.slice(normed, 1, 1, config.tokens() + 1);
        T patches = ops.add(in.patches(), ops.multiply(kept, gamma1));
        return new Tokens<>(cls, ops.multiply(block.layerNorm("norm2", patches, d, epsilon), 2));
    }

    private static <T> T attention(
            Scope<T> attn, ModelConfig config, T normed, LayerWatch<T> layer) {
        Ops<T> ops = attn.ops();
        int n = config.tokens() + 1;
        int d = config.embedDim();
        int K = config.numHeads();
        T weight = attn.parameter("qkv.weight", Init.TRUNCATED_NORMAL, 3 * d, d);
        T bias = attn.parameter("qkv.bias", Init.ZEROS, 3 * d);

        T cls = ops.slice(normed, 1, 0, 1);
        T q = ops.linear(cls, ops.slice(weight, 0, 0, d), ops.slice(bias, 0, 0, d));
        T kv = ops.linear(normed, ops.slice(weight, 0, d, 3 * d), ops.slice(bias, 0, d, 3 * d));
        T scaled = ops.multiply(q, 1 / Math.sqrt((double) d / K));
        T queries = Mhsa.heads(ops, scaled, 1, K, d / K);
        T keys = Mhsa.heads(ops, ops.slice(kv, 2, 0, d), n, K, d / K);
        T values = Mhsa.heads(ops, ops.slice(kv, 2, d, 2 * d), n, K, d / K);
        T weights = ops.softmax(ops.matmul(queries, ops.transpose(keys, 0, 1, 3, 2)), 3);
        layer.record(Probe.CLASS_ATTENTION, ops.reshape(weights, -1, K, n));
        return attn.linear("proj", ops.reshape(ops.matmul(weights, values), -1, 1, d), d, d);
    }
}
