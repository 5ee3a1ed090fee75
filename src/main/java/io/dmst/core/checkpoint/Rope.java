package io.dmst.core.checkpoint;

/** Where {@link Attention#DMSA} applies the two-dimensional rotary position encoding. */
public enum Rope {
    /** Nowhere. */
    NONE,
    /** On the copy of the tokens that feeds the membership. */
    MEMBERSHIP,
    /** On the projected tokens before the moments and the gate; the gated result is turned back. */
    PROJECTION
}
