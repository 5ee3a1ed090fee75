package io.dmst.serve.oip;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Statistic;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A statistic of every layer, which is computed anyway: {@code [L]}, or {@code [L, K]}. */
record StatisticOutput(Statistic statistic, ModelConfig model) implements Output {

    @Override
    public TensorSpec spec() {
        List<Long> shape = new ArrayList<>(List.of(-1L));
        shape.addAll(shape());
        return new TensorSpec(statistic.word(), Datatype.FP32, shape);
    }

    private List<Long> shape() {
        long layers = model.depth();
        return switch (statistic) {
            case CODING_RATE, ENTROPY -> List.of(layers);
            case USAGE -> List.of(layers, (long) model.numHeads());
        };
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
        return prediction.layers() == null
                ? Optional.of(
                        "output %s is not given by the nodes that compute this model; leave it out"
                                .formatted(statistic.word()))
                : Optional.empty();
    }

    @Override
    public Part of(Prediction prediction) {
        LayerStatistics layers =
                Objects.requireNonNull(
                        prediction.layers(), "a model with memberships has statistics");
        return new Part(
                shape(),
                switch (statistic) {
                    case CODING_RATE -> layers.codingRate();
                    case ENTROPY -> layers.entropy();
                    case USAGE -> joined(layers.usage());
                });
    }

    private static float[] joined(float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, all, row * rows[row].length, rows[row].length);
        }
        return all;
    }
}
