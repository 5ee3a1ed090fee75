package io.dmst.core.model;

/**
 * Changes intermediates of a forward pass, to find out what depends on them. Each method returns
 * what the rest of the pass computes with.
 *
 * @param <T> a value of the matching {@link Ops}
 */
public interface Intervention<T> {

    /**
     * Instead of the memberships of a block.
     *
     * @param layer counted from 0
     * @param Pi {@code [B, N, K]}
     */
    default T membership(int layer, T Pi) {
        return Pi;
    }

    /**
     * Instead of the memberships that the membership head pools with; those of the last block,
     * after {@link #membership}.
     *
     * @param Pi {@code [B, N, K]}
     */
    default T headMembership(T Pi) {
        return Pi;
    }

    /**
     * Instead of the output of a block's attention.
     *
     * @param layer counted from 0
     * @param output {@code [B, N, d]}
     */
    default T attention(int layer, T output) {
        return output;
    }

    /** Leaves everything as it is. */
    static <T> Intervention<T> none() {
        return new Intervention<>() {};
    }
}
