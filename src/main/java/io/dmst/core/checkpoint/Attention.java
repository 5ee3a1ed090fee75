package io.dmst.core.checkpoint;

/** Which operator mixes the tokens of a block. */
public enum Attention {
    /** Learned membership, sparse subspaces of one full space; linear in the tokens. */
    DMSA,
    /** Token statistics self-attention of ToST; linear in the tokens. */
    TSSA,
    /** Softmax attention of the plain vision transformer; quadratic in the tokens. */
    MHSA
}
