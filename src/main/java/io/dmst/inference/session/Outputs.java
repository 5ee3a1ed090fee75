package io.dmst.inference.session;

import io.dmst.inference.LayerStatistics;
import io.dmst.inference.Prediction;
import io.dmst.inference.ProbeValues;
import io.dmst.inference.Timing;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What an engine has computed for one image, as an answer. */
final class Outputs {

    private Outputs() {}

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
