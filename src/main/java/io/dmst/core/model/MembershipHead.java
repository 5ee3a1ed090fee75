package io.dmst.core.model;

import io.dmst.core.checkpoint.Centring;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.Arrays;

/**
 * Class scores from how the memberships of the last block differ: our extension, not the paper's.
 *
 * <pre>
 * E_jk    = Π_jk − M_jk                       M: mean map of group k over the training images
 * D_jk    = E_jk − (1/N) Σ_i E_ik
 * z_k     = (K/N) Σ_j D_jk LN(x_j)             one vector a group
 * logit_c = b_c + Σ_k w_ck · z_k
 * </pre>
 *
 * <p>A group that is everywhere, or always in the same place, says nothing. {@link
 * io.dmst.core.math.MembershipPooling} has the formula in plain arrays, and its exact split over
 * tokens and groups.
 */
final class MembershipHead {

    private MembershipHead() {}

    /**
     * Logits {@code [B, classes]}.
     *
     * @param x tokens of the last block, {@code [B, N, d]}
     * @param Pi its memberships, {@code [B, N, K]}
     * @param trace of the last block
     */
    static <T> T logits(Scope<T> root, ModelConfig config, T x, T Pi, LayerWatch<T> trace) {
        Ops<T> ops = root.ops();
        int n = config.tokens();
        int d = config.embedDim();
        int K = config.numHeads();
        T tokens = root.layerNorm("norm", x, d, config.layerNormEps());
        T D = centred(root, config, Pi);
        trace.record(Probe.HEAD_MEMBERSHIP, D);
        trace.record(Probe.HEAD_TOKENS, tokens);
        T pooled = ops.matmul(ops.transpose(D, 0, 2, 1), tokens);
        T z = ops.reshape(ops.multiply(pooled, (double) K / n), -1, K * d);
        return root.linear("head", z, K * d, config.numClasses());
    }

    /** D {@code [B, N, K]}. */
    private static <T> T centred(Scope<T> root, ModelConfig config, T Pi) {
        Ops<T> ops = root.ops();
        int n = config.tokens();
        T E = Pi;
        if (config.centre() == Centring.BOTH) {
            T M = root.in("head").parameter("mean_map", Init.MEAN_MAP, n, config.numHeads());
            E = ops.subtract(Pi, ops.meanImage(Pi, M));
        }
        return config.centre() == Centring.NONE ? Pi : ops.subtract(E, mean(ops, n, E));
    }

    /**
     * The mean over the tokens {@code [B, 1, K]}, as a product: ONNX Runtime sums the rows of one
     * image in another order than those of several, and an image must not depend on its batch.
     */
    private static <T> T mean(Ops<T> ops, int n, T E) {
        float[] shares = new float[n];
        Arrays.fill(shares, 1f / n);
        return ops.matmul(ops.constant(shares, 1, 1, n), E);
    }
}
