package io.dmst.serve.oip;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Probe;
import io.dmst.serve.predict.Prediction;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Π of all layers, {@code [L, K, h, w]}: for every layer and group a map over the image.
 *
 * @param model shape of the network
 */
record MembershipOutput(ModelConfig model) implements Output {

    @Override
    public TensorSpec spec() {
        return new TensorSpec(
                Probe.MEMBERSHIP.word(),
                Datatype.FP32,
                List.of(
                        -1L,
                        (long) model.depth(),
                        (long) model.numHeads(),
                        (long) model.gridHeight(),
                        (long) model.gridWidth()));
    }

    @Override
    public Set<String> probes() {
        return IntStream.range(0, model.depth())
                .mapToObj(Probe.MEMBERSHIP::in)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean scoresClasses() {
        return false;
    }

    @Override
    public Part of(Prediction prediction) {
        int tokens = model.gridHeight() * model.gridWidth();
        int groups = model.numHeads();
        float[] maps = new float[model.depth() * groups * tokens];
        for (int layer = 0; layer < model.depth(); layer++) {
            float[] rows = ProbeOutput.values(prediction, Probe.MEMBERSHIP.in(layer)).values();
            for (int j = 0; j < tokens; j++) {
                for (int k = 0; k < groups; k++) {
                    maps[(layer * groups + k) * tokens + j] = rows[j * groups + k];
                }
            }
        }
        return new Part(spec().shape().subList(1, 5), maps);
    }
}
