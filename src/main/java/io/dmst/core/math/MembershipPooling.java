package io.dmst.core.math;

/**
 * The membership head on one image: class scores from how memberships differ, and their exact split
 * over tokens and groups. Our extension, not the paper's.
 *
 * <pre>
 * E_jk     = Π_jk − M_jk                         M: mean map of group k over the training images
 * D_jk     = E_jk − (1/N) Σ_i E_ik
 * logit_c  = b_c + Σ_j Σ_k contribution_jk,   contribution_jk = (K/N) D_jk (w_ck · x_j)
 * </pre>
 *
 * <p>The sum is exact. How it is split is a convention: D sums to zero over the tokens and over the
 * groups, so that the same vector added to all tokens, or to all w_ck, moves the contributions and
 * leaves the logit. A contribution is by definition the formula as it stands. Immutable and
 * thread-safe; x are the tokens after the last normalisation.
 *
 * @param D centred memberships (N×K)
 * @param tokens x (N×d)
 */
public record MembershipPooling(Matrix D, Matrix tokens) {

    /**
     * @throws IllegalArgumentException if the memberships and the tokens are not of as many tokens
     */
    public MembershipPooling {
        if (D.rows() != tokens.rows()) {
            throw new IllegalArgumentException(
                    "the memberships are of %d tokens, the tokens are %d"
                            .formatted(D.rows(), tokens.rows()));
        }
    }

    /**
     * Memberships centred over the image.
     *
     * @param E memberships (N×K), perhaps less the mean map
     */
    public static Matrix centred(Matrix E) {
        Matrix sums = E.columnSums();
        return Matrix.generate(E.rows(), E.cols(), (j, k) -> E.at(j, k) - sums.at(0, k) / E.rows());
    }

    /**
     * Memberships less the mean map, centred over the image.
     *
     * @param Pi memberships (N×K)
     * @param meanMap M (N×K)
     */
    public static Matrix centred(Matrix Pi, Matrix meanMap) {
        return centred(Pi.zip(meanMap, (share, mean) -> share - mean));
    }

    /** z (K×d): one vector a group. */
    public Matrix pooled() {
        return D.transposeTimes(tokens).scaled((double) D.cols() / D.rows());
    }

    /**
     * The logits (1×classes).
     *
     * @param head from z, group after group, to the classes (K·d×classes)
     */
    public Matrix logits(Linear head) {
        return head.apply(Matrix.of(1, D.cols() * tokens.cols(), pooled().toArray()));
    }

    /**
     * Of every token and group to one logit, or to a difference of logits (N×K); with the bias they
     * sum to it.
     *
     * @param w of the class (K×d), or the difference of two
     */
    public Matrix contributions(Matrix w) {
        Matrix responses = tokens.timesTranspose(w);
        double scale = (double) D.cols() / D.rows();
        return D.zip(responses, (difference, response) -> scale * difference * response);
    }
}
