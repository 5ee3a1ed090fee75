package io.dmst.core.math;

import java.util.ArrayList;
import java.util.List;

/**
 * Multi-head softmax attention of the plain vision transformer; quadratic in the number of tokens.
 *
 * <pre>
 * Q, K, V = X W + b     side by side in that order, head h on channels h·p … (h+1)·p − 1 of each
 * P_h     = softmax_rows( Q_h K_hᵀ / √p )
 * out     = [P_1 V_1 … P_H V_H] W_O + b_O
 * </pre>
 *
 * <p>Immutable and thread-safe. Source: arXiv 1706.03762, in the layout of published vision
 * transformers.
 *
 * @param heads H, divides d
 * @param QKV layer that gives queries, keys and values (d×3d)
 * @param O output layer (d×d)
 */
public record SoftmaxAttention(int heads, Linear QKV, Linear O) {

    public SoftmaxAttention {
        if (heads < 1 || QKV.weight().cols() % (3 * heads) != 0) {
            throw new IllegalArgumentException(
                    "expected queries, keys and values of %d heads, got %s"
                            .formatted(heads, QKV.weight()));
        }
    }

    /**
     * What the operator computes.
     *
     * @param output the tokens' update (N×d)
     * @param attention P of every head (N×N), rows sum to one
     */
    public record Attended(Matrix output, List<Matrix> attention) {}

    /**
     * Gradients of ⟨cotangent, output⟩.
     *
     * @param X of the tokens (N×d)
     * @param QKV of the layer that gives queries, keys and values
     * @param O of the output layer
     */
    public record Gradients(Matrix X, Linear QKV, Linear O) {}

    /** The operator on one image's tokens {@code X} (N×d). */
    public Attended forward(Matrix X) {
        Matrix qkv = QKV.apply(X);
        List<Matrix> attention = attention(qkv);
        return new Attended(O.apply(mixed(qkv, attention)), attention);
    }

    /**
     * Vector-Jacobian product.
     *
     * @param X one image's tokens (N×d)
     * @param cotangent gradient with respect to the output (N×d)
     */
    public Gradients gradients(Matrix X, Matrix cotangent) {
        Matrix qkv = QKV.apply(X);
        List<Matrix> attention = attention(qkv);
        Matrix dMixed = O.pullBack(cotangent);
        List<Matrix> dQ = new ArrayList<>();
        List<Matrix> dK = new ArrayList<>();
        List<Matrix> dV = new ArrayList<>();
        double scale = 1 / Math.sqrt(width());
        for (int h = 0; h < heads; h++) {
            Matrix P = attention.get(h);
            Matrix dHead = dMixed.columns(h * width(), (h + 1) * width());
            Matrix dLogits =
                    Softmax.gradient(P, dHead.timesTranspose(part(qkv, 2, h))).scaled(scale);
            dQ.add(dLogits.times(part(qkv, 1, h)));
            dK.add(dLogits.transposeTimes(part(qkv, 0, h)));
            dV.add(P.transposeTimes(dHead));
        }
        dQ.addAll(dK);
        dQ.addAll(dV);
        Matrix dQkv = sideBySide(dQ);
        return new Gradients(
                QKV.pullBack(dQkv),
                QKV.gradient(X, dQkv),
                O.gradient(mixed(qkv, attention), cotangent));
    }

    private int width() {
        return QKV.weight().cols() / (3 * heads);
    }

    private Matrix part(Matrix qkv, int which, int head) {
        int from = (which * heads + head) * width();
        return qkv.columns(from, from + width());
    }

    private List<Matrix> attention(Matrix qkv) {
        List<Matrix> attention = new ArrayList<>();
        for (int h = 0; h < heads; h++) {
            Matrix logits = part(qkv, 0, h).timesTranspose(part(qkv, 1, h));
            attention.add(Softmax.rows(logits.scaled(1 / Math.sqrt(width()))));
        }
        return List.copyOf(attention);
    }

    private Matrix mixed(Matrix qkv, List<Matrix> attention) {
        List<Matrix> mixed = new ArrayList<>();
        for (int h = 0; h < heads; h++) {
            mixed.add(attention.get(h).times(part(qkv, 2, h)));
        }
        return sideBySide(mixed);
    }

    private static Matrix sideBySide(List<Matrix> parts) {
        int width = parts.getFirst().cols();
        return Matrix.generate(
                parts.getFirst().rows(),
                width * parts.size(),
                (j, i) -> parts.get(i / width).at(j, i % width));
    }
}
