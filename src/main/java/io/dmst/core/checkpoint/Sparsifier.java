package io.dmst.core.checkpoint;

/** How {@link Attention#DMSA} derives each group's sparse subspace from the full space. */
public enum Sparsifier {
    /** Every group keeps every axis: an ablation. */
    NONE,
    /** A soft threshold on the group's second moments relative to their mean. */
    MOMENT,
    /** A soft threshold on learned weights, fixed after training. */
    MASK
}
