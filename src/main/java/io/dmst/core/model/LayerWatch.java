package io.dmst.core.model;

/**
 * What watches and changes the forward pass in one layer.
 *
 * @param index of the layer, counted from 0
 * @param trace receives the probes
 * @param intervention may replace values
 */
record LayerWatch<T>(int index, Trace<T> trace, Intervention<T> intervention) {

    void record(Probe probe, T value) {
        trace.record(probe, index, value);
    }

    /** The memberships that the layer computes with. */
    T membership(T Pi) {
        return intervention.membership(index, Pi);
    }

    /** The attention's output that the layer adds. */
    T attention(T output) {
        return intervention.attention(index, output);
    }
}
