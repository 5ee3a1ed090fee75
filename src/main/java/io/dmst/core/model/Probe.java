package io.dmst.core.model;

/**
 * An intermediate of the forward pass that explains it. Shapes: B images, N tokens, d channels, K
 * groups, p = d/K.
 */
public enum Probe {
    /** Π {@code [B, N, K]} of a block, rows sum to 1; DMSA and TSSA. */
    MEMBERSHIP("membership"),
    /** s {@code [B, K, d]} of a DMSA block, {@code [B, K, p]} (own axes) of a TSSA block. */
    SECOND_MOMENT("second_moment"),
    /**
     * m² {@code [B, K, d]} in [0, 1] for the sparsifier moment: the axes that a group keeps; DMSA.
     */
    SELECTION("selection"),
    /** Output {@code [B, N, d]} of a block's attention, before layer scale. */
    ATTENTION("attention"),
    /** Tokens {@code [B, N, d]} after a block. */
    TOKENS("tokens"),
    /** Weights {@code [B, K, 1 + N]} of a class-attention block; the class token stands first. */
    CLASS_ATTENTION("class_attention"),
    /** D {@code [B, N, K]}: the last block's memberships as the membership head centres them. */
    HEAD_MEMBERSHIP("head_membership"),
    /** LN(x) {@code [B, N, d]}: the last block's tokens as the membership head pools them. */
    HEAD_TOKENS("head_tokens");

    private final String stem;

    Probe(String stem) {
        this.stem = stem;
    }

    /** The word for it in output names, JSON and documents. */
    public String word() {
        return stem;
    }

    /**
     * The name of its value in one layer, such as {@code membership.3}.
     *
     * @param layer counted from 0
     */
    public String in(int layer) {
        return stem + "." + layer;
    }
}
