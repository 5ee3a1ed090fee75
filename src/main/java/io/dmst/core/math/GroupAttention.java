package io.dmst.core.math;

/**
 * What an operator over groups computes from N tokens, by intermediate.
 *
 * @param output the tokens' update (N×d)
 * @param membership Π (N×K), rows sum to one
 * @param secondMoments s (K×d); zero where the operator measures none
 * @param selection m² (K×d), at least 0; zero where an axis is dropped from a group's subspace
 */
public record GroupAttention(
        Matrix output, Matrix membership, Matrix secondMoments, Matrix selection) {}
