package io.dmst.core.model;

/**
 * Where the network gets its weights from.
 *
 * @param <T> a value of the matching {@link Ops}
 */
@FunctionalInterface
public interface Parameters<T> {

    /**
     * The parameter that a specification names.
     *
     * @throws IllegalArgumentException if there is none of that name and shape, naming both
     */
    T get(ParameterSpec spec);
}
