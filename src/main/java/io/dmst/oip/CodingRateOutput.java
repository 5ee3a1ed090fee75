package io.dmst.oip;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.explain.Explainer;
import io.dmst.explain.Explanation;
import io.dmst.explain.Wanted;
import io.dmst.inference.Prediction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** R_c^var of every layer, {@code [L]}, in nats, at the usual ε². */
final class CodingRateOutput implements Output {

    private final ModelConfig model;
    private final Explainer explainer;

    CodingRateOutput(ModelConfig model) {
        this.model = model;
        this.explainer = new Explainer(model, Wanted.everything(model).withoutExactRates());
    }

    @Override
    public TensorSpec spec() {
        return new TensorSpec("coding_rate", Datatype.FP32, List.of(-1L, (long) model.depth()));
    }

    @Override
    public Set<String> probes() {
        return explainer.probes();
    }

    @Override
    public boolean scoresClasses() {
        return false;
    }

    @Override
    public Part of(Prediction prediction) {
        Map<String, float[]> trace = new HashMap<>();
        prediction.trace().forEach((probe, values) -> trace.put(probe, values.values()));
        List<Explanation.Layer> layers = explainer.explain(trace).layers();
        float[] rates = new float[layers.size()];
        for (int layer = 0; layer < rates.length; layer++) {
            rates[layer] =
                    (float)
                            (double)
                                    Objects.requireNonNull(
                                            layers.get(layer).rates().variational(),
                                            "a model with memberships has a compression");
        }
        return new Part(List.of((long) rates.length), rates);
    }
}
