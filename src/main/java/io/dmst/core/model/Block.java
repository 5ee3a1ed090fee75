package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;

/** One block: attention and perhaps an MLP, each normalised before, layer-scaled and added. */
final class Block {

    private Block() {}

    /** Tokens {@code [B, N, d]} after the block. */
    static <T> T tokens(Scope<T> block, ModelConfig config, T x, LayerWatch<T> layer) {
        Ops<T> ops = block.ops();
        int d = config.embedDim();
        double epsilon = config.layerNormEps();

        T normed = block.layerNorm("norm1", x, d, epsilon);
        T mixed = layer.attention(attention(block.in("attn"), config, normed, layer));
        layer.record(Probe.ATTENTION, mixed);
        T gamma1 = block.parameter("gamma1", Init.LAYER_SCALE, d);
        T tokens = ops.add(x, ops.dropPath(ops.multiply(mixed, gamma1)));

        if (config.mlpRatio() > 0) {
            T again = block.layerNorm("norm2", tokens, d, epsilon);
            T hidden = block.mlp(again, d, config.mlpRatio());
            T gamma2 = block.parameter("gamma2", Init.LAYER_SCALE, d);
            tokens = ops.add(tokens, ops.dropPath(ops.multiply(hidden, gamma2)));
        }
        layer.record(Probe.TOKENS, tokens);
        return tokens;
    }

    private static <T> T attention(Scope<T> attn, ModelConfig config, T x, LayerWatch<T> layer) {
        return switch (config.attention()) {
            case DMSA -> Dmsa.attention(attn, config, x, layer);
            case TSSA -> Tssa.attention(attn, config, x, layer);
            case MHSA -> Mhsa.attention(attn, config, x);
        };
    }
}
