package io.dmst.core.checkpoint;

/** How the tokens of the last block become class scores. */
public enum HeadType {
    /** A class token gathers the tokens by softmax attention: ToST's head. */
    CLASS_ATTENTION,
    /**
     * The last block's memberships pool the tokens: our extension, whose class scores are exact
     * sums over tokens and groups.
     */
    MEMBERSHIP
}
