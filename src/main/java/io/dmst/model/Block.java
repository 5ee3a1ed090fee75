package io.dmst.model;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.model.ParameterSpec.Init;

/** One block: attention and an MLP, each normalised before, layer-scaled and added. */
final class Block {

    private Block() {}

    /** Tokens {@code [B, N, d]} after the block. */
    static <T> T tokens(Scope<T> block, ModelConfig config, T x, Trace.Layer<T> trace) {
        Ops<T> ops = block.ops();
        int d = config.embedDim();
        double epsilon = config.layerNormEps();

        T mixed =
                attention(block.in("attn"), config, block.layerNorm("norm1", x, d, epsilon), trace);
        trace.record(Probe.ATTENTION, mixed);
        T gamma1 = block.parameter("gamma1", Init.LAYER_SCALE, d);
        T attended = ops.add(x, ops.dropPath(ops.multiply(mixed, gamma1)));

        T hidden = block.mlp(block.layerNorm("norm2", attended, d, epsilon), d, config.mlpRatio());
        T gamma2 = block.parameter("gamma2", Init.LAYER_SCALE, d);
        T tokens = ops.add(attended, ops.dropPath(ops.multiply(hidden, gamma2)));
        trace.record(Probe.TOKENS, tokens);
        return tokens;
    }

    private static <T> T attention(Scope<T> attn, ModelConfig config, T x, Trace.Layer<T> trace) {
        return switch (config.attention()) {
            case DMSA -> Dmsa.attention(attn, config, x, trace);
            case TSSA -> Tssa.attention(attn, config, x, trace);
            case MHSA -> Mhsa.attention(attn, config, x);
        };
    }
}
