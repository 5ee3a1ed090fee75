package io.dmst.serve.oip;

import io.dmst.serve.predict.Prediction;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How usual an image is for its model, {@code []}, in [0, 1]; computed where there is a reference.
 */
final class TypicalityOutput implements Output {

    static final String NAME = "typicality";

    @Override
    public TensorSpec spec() {
        return new TensorSpec(NAME, Datatype.FP32, List.of(-1L));
    }

    @Override
    public Set<String> probes() {
        return Set.of();
    }

    @Override
    public boolean scoresClasses() {
        return false;
    }

    @Override
    public Optional<String> missing(Prediction prediction) {
        return prediction.typicality() == null
                ? Optional.of(
                        "output typicality needs a reference, and the model has none; leave it out")
                : Optional.empty();
    }

    @Override
    public Part of(Prediction prediction) {
        Double typicality = prediction.typicality();
        if (typicality == null) {
            throw new IllegalArgumentException("the prediction has no typicality");
        }
        return new Part(List.of(), new float[] {typicality.floatValue()});
    }
}
