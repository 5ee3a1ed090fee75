package io.dmst.lab.train;

import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a network is before its first step: the values that a training with this seed begins with.
 */
public final class UntrainedWeights {

    private UntrainedWeights() {}

    /** Values of all parameters, in the network's order. */
    public static Map<ParameterSpec, float[]> of(Network network, long seed) {
        Initialiser initialiser =
                new Initialiser(new SplittableRandom(seed), network.config().eta());
        Map<ParameterSpec, float[]> values = new LinkedHashMap<>();
        network.parameters().forEach(spec -> values.put(spec, initialiser.values(spec)));
        return values;
    }
}
