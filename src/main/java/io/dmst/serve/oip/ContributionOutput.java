package io.dmst.serve.oip;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Contributions;
import io.dmst.serve.predict.Prediction;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the score of one class is made of, of a model with the membership head: its contributions
 * {@code [K, h, w]}, and its bias {@code []}; all of them sum to the logit.
 *
 * @param part which of the two
 * @param model shape of the network
 * @param contributions of its head
 * @param classIndex absent for each image's predicted class
 */
record ContributionOutput(
        Part part, ModelConfig model, Contributions contributions, @Nullable Integer classIndex)
        implements Output {

    /** The two outputs. */
    enum Part {
        CONTRIBUTION,
        CONTRIBUTION_BIAS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public TensorSpec spec() {
        return new TensorSpec(
                part.word(),
                Datatype.FP32,
                switch (part) {
                    case CONTRIBUTION ->
                            List.of(
                                    -1L,
                                    (long) model.numHeads(),
                                    (long) model.gridHeight(),
                                    (long) model.gridWidth());
                    case CONTRIBUTION_BIAS -> List.of(-1L);
                });
    }

    @Override
    public Set<String> probes() {
        return contributions.probes();
    }

    @Override
    public boolean scoresClasses() {
        return false;
    }

    @Override
    public Output ofClass(int index) {
        return new ContributionOutput(part, model, contributions, index);
    }

    @Override
    public Output.Part of(Prediction prediction) {
        int index = classIndex == null ? prediction.mostProbable() : classIndex;
        Map<String, float[]> trace = new HashMap<>();
        for (String probe : probes()) {
            trace.put(probe, ProbeOutput.values(prediction, probe).values());
        }
        Contributions.OfClass split = contributions.to(index, trace);
        List<Long> shape = spec().shape().subList(1, spec().shape().size());
        return switch (part) {
            case CONTRIBUTION -> new Output.Part(shape, split.maps());
            case CONTRIBUTION_BIAS -> new Output.Part(shape, new float[] {(float) split.bias()});
        };
    }
}
