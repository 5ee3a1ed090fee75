package io.dmst.oip;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.inference.Prediction;
import io.dmst.model.Statistic;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * R_c^var of every layer, {@code [L]}, in nats, at the usual ε²; computed anyway.
 *
 * @param model shape of the network, one with memberships
 */
record CodingRateOutput(ModelConfig model) implements Output {

    @Override
    public TensorSpec spec() {
        return new TensorSpec(
                Statistic.CODING_RATE.word(), Datatype.FP32, List.of(-1L, (long) model.depth()));
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
    public Part of(Prediction prediction) {
        float[] rates =
                Objects.requireNonNull(prediction.layers(), "the prediction has no layers")
                        .codingRate();
        return new Part(List.of((long) rates.length), rates);
    }
}
