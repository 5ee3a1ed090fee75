package io.dmst.serve.oip;

import io.dmst.core.engine.ProbeValues;
import io.dmst.serve.predict.Prediction;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One probe as it is.
 *
 * @param name of the probe
 */
record ProbeOutput(String name) implements Output {

    /** Known of the batch alone; the rest is in the answer. */
    @Override
    public TensorSpec spec() {
        return new TensorSpec(name, Datatype.FP32, List.of(-1L));
    }

    @Override
    public Set<String> probes() {
        return Set.of(name);
    }

    @Override
    public boolean scoresClasses() {
        return false;
    }

    @Override
    public Part of(Prediction prediction) {
        ProbeValues values = values(prediction, name);
        return new Part(values.shape().stream().map(Integer::longValue).toList(), values.values());
    }

    /** What a probe that was asked for saw. */
    static ProbeValues values(Prediction prediction, String probe) {
        return Objects.requireNonNull(
                prediction.trace().get(probe), "the prediction has no " + probe);
    }
}
