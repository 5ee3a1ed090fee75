package io.dmst.lab.train;

import io.dmst.core.checkpoint.DType;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.ParameterSpec;
import io.dmst.djl.DjlNetwork;
import io.dmst.djl.DjlParameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tensors of a model directory. */
final class TrainedWeights {

    private TrainedWeights() {}

    /**
     * Weights as they are written: in 32 bits, but those that were read in 16 bits and have not
     * changed in these, which loses nothing.
     */
    static Map<String, Tensor> of(Learner learner, DjlParameters parameters, StartWeights start) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : learner.specs()) {
            Tensor now = DjlNetwork.tensor(parameters.array(spec.name()));
            Optional<Tensor> unchanged =
                    start.of(spec)
                            .filter(before -> before.dtype() != DType.F32)
                            .filter(before -> Arrays.equals(before.toFloats(), now.toFloats()));
            weights.put(spec.name(), unchanged.orElse(now));
        }
        return weights;
    }
}
