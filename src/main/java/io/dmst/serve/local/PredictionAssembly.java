package io.dmst.serve.local;

import io.dmst.core.engine.Engine;
import io.dmst.core.engine.ProbeValues;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.Timing;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What an engine has computed for one image, as an answer. */
public final class PredictionAssembly {

    private PredictionAssembly() {}

    /**
     * The answer.
     *
     * @param outputs as {@link Engine#run} gives them
     * @param probes that become the trace
     */
    static Prediction prediction(
            Map<String, ProbeValues> outputs, Set<String> probes, Timing timing) {
        Map<String, ProbeValues> rest = new HashMap<>(outputs);
        float[] logits = Objects.requireNonNull(rest.remove(Engine.LOGITS)).values();
        float[] probabilities = Objects.requireNonNull(rest.remove(Engine.PROBABILITIES)).values();
        LayerStatistics layers = LayerStatistics.takenFrom(rest).orElse(null);
        rest.keySet().retainAll(probes);
        return new Prediction(probabilities, logits, layers, null, rest, timing);
    }
}
