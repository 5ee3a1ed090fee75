package io.dmst.train;

import io.dmst.checkpoint.ModelCard;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.checkpoint.Tensor;
import io.dmst.djl.DjlNetwork;
import io.dmst.djl.GoldenOutputs;
import io.dmst.train.data.LoadedData;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes what a training leaves behind: state, metrics, plot, model. */
final class Report {

    private final TrainingRequest request;
    private final LoadedData data;
    private final Learner learner;
    private final MetricsFile metrics;
    private final PrintStream log;

    Report(
            TrainingRequest request,
            LoadedData data,
            Learner learner,
            TrainingState start,
            PrintStream log)
            throws IOException {
        this.request = request;
        this.data = data;
        this.learner = learner;
        this.metrics = new MetricsFile(request.out(), start.epochs());
        this.log = log;
    }

    void epoch(EpochResult result, TrainingState state, int liveArrays) throws IOException {
        if (result.evaluation().isPresent()) {
            writeModel(result.evaluation().get(), state);
        }
        metrics.add(result);
        TrainingPlot.write(request.out(), metrics.rows());
        // last: an epoch without its state is done again, and then writes the rest again
        state.save(request.out(), learner, request.options());
        log.println(line(result) + ", " + liveArrays + " live arrays");
    }

    private static String line(EpochResult r) {
        String test =
                r.evaluation()
                        .map(e ->
                                String.format(
                                        Locale.ROOT,
                                        ", test loss %.4f accuracy %.2f %%",
                                        e.loss(),
                                        100 * e.accuracy()))
                        .orElse("");
        return String.format(
                Locale.ROOT,
                "epoch %d: loss %.4f accuracy %.2f %%%s, %.0f images/s",
                r.epoch(),
                r.trainLoss(),
                100 * r.trainAccuracy(),
                test,
                r.imagesPerSecond());
    }

    private void writeModel(Evaluation evaluation, TrainingState state) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        learner.average()
                .arrays()
                .forEach((name, array) -> weights.put(name, DjlNetwork.tensor(array)));
        ModelCard card = CardText.of(request, data, learner, evaluation, state);
        ModelDirectory.write(
                request.out(), learner.network().config(), weights, data.labels(), card);
        GoldenOutputs.write(request.out());
    }
}
