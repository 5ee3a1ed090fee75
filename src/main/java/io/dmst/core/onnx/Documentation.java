package io.dmst.core.onnx;

import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Probe;

/** What a file says about itself to whoever opens it. */
final class Documentation {

    private Documentation() {}

    static String of(ModelConfig config) {
        return "White-box vision transformer '%s', version %s: %d blocks, %d channels, %d groups, %d tokens of %d×%d pixels. %s"
                .formatted(
                        config.name(),
                        config.version(),
                        config.depth(),
                        config.embedDim(),
                        config.numHeads(),
                        config.tokens(),
                        config.patchSize(),
                        config.patchSize(),
                        operator(config.attention()));
    }

    static String operator(Attention attention) {
        return switch (attention) {
            case DMSA ->
                    "Attention is DMSA: our derivation from the statements of arXiv 2601.17042, on top of ToST (arXiv 2412.17810).";
            case TSSA ->
                    "Attention is TSSA of ToST (arXiv 2412.17810), as its published code computes it.";
            case MHSA -> "Attention is multi-head softmax attention (arXiv 1706.03762).";
        };
    }

    static String of(Probe probe, int layer) {
        return switch (probe) {
            case MEMBERSHIP -> "membership of every token in every group, block " + layer;
            case SECOND_MOMENT -> "second moment of every group along every axis, block " + layer;
            case SELECTION -> "axes that every group's subspace keeps, block " + layer;
            case ATTENTION -> "output of the attention before layer scale, block " + layer;
            case TOKENS -> "tokens after block " + layer;
            case HEAD_MEMBERSHIP -> "memberships of block " + layer + ", centred for the head";
            case HEAD_TOKENS -> "normalised tokens of block " + layer + ", as the head pools them";
            case CLASS_ATTENTION ->
                    "weights of the class token (first) and the patch tokens in every head, class-attention block "
                            + layer;
        };
    }
}
