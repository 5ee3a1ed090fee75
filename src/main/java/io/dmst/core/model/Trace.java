package io.dmst.core.model;

/**
 * Receives the probes of a forward pass, in the order in which they are computed.
 *
 * @param <T> a value of the matching {@link Ops}
 */
@FunctionalInterface
public interface Trace<T> {

    /**
     * Takes one probe.
     *
     * @param probe what it is
     * @param layer counted from 0
     * @param value its value
     */
    void record(Probe probe, int layer, T value);

    /** A trace that keeps nothing. */
    static <T> Trace<T> none() {
        return (probe, layer, value) -> {};
    }
}
