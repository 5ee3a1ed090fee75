package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import java.util.List;

/**
 * Two-dimensional axial rotary position encoding (arXiv 2104.09864, 2403.13298) of base 100:
 * channels pair as (2i, 2i+1); the first half of the channels turns with the row of a token, the
 * second half with its column. Within a half of h channels pair i has the frequency 100^(−2i/h).
 */
record Rotation<T>(Ops<T> ops, T cosine, T sine, int tokens, int channels) {

    private static final double BASE = 100;

    /** The rotation of a network's token grid. */
    static <T> Rotation<T> of(Ops<T> ops, ModelConfig config) {
        int n = config.tokens();
        int d = config.embedDim();
        float[] cosine = new float[n * d];
        float[] sine = new float[n * d];
        for (int token = 0; token < n; token++) {
            for (int channel = 0; channel < d; channel++) {
                double angle = angle(config, token, channel);
                cosine[token * d + channel] = (float) Math.cos(angle);
                sine[token * d + channel] = (float) Math.sin(angle);
            }
        }
        return new Rotation<>(ops, ops.constant(cosine, n, d), ops.constant(sine, n, d), n, d);
    }

    private static double angle(ModelConfig config, int token, int channel) {
        int half = config.embedDim() / 2;
        int position = channel < half ? token / config.gridWidth() : token % config.gridWidth();
        int pair = channel % half / 2;
        return position * Math.pow(BASE, -2.0 * pair / half);
    }

    /** Turns {@code [B, N, d]} by the tokens' angles. */
    T forward(T x) {
        return ops.add(ops.multiply(x, cosine), ops.multiply(quarterTurn(x), sine));
    }

    /** Turns {@code [B, N, d]} back. */
    T backward(T x) {
        return ops.subtract(ops.multiply(x, cosine), ops.multiply(quarterTurn(x), sine));
    }

    private T quarterTurn(T x) {
        T pairs = ops.reshape(x, -1, tokens, channels / 2, 2);
        T first = ops.slice(pairs, 3, 0, 1);
        T second = ops.slice(pairs, 3, 1, 2);
        T turned = ops.concat(List.of(ops.multiply(second, -1), first), 3);
        return ops.reshape(turned, -1, tokens, channels);
    }
}
