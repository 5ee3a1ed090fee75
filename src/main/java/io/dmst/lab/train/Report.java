package io.dmst.lab.train;

import io.dmst.core.checkpoint.ModelDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes what a training leaves behind while it runs: state, metrics, plot, best model. */
final class Report {

    private final TrainingRequest request;
    private final TrainingSet set;
    private final Learner learner;
    private final PrintStream log;
    private final Map<String, String> settings;
    private MetricsFile metrics;

    Report(TrainingRequest request, TrainingSet set, Learner learner, PrintStream log)
            throws IOException {
        this.request = request;
        this.set = set;
        this.learner = learner;
        this.log = log;
        this.settings = Settings.of(request, set.data(), learner.network().config());
        this.metrics = new MetricsFile(request.out(), 0);
    }

    /** What a resumed training must have in common with this one, by name. */
    Map<String, String> settings() {
        return settings;
    }

    /** Goes on with the metrics of the finished epochs. */
    void resume(TrainingState state) throws IOException {
        metrics = new MetricsFile(request.out(), state.epochs());
    }

    /**
     * Keeps an epoch.
     *
     * @return the state after it
     */
    TrainingState epoch(EpochResult result, TrainingState before) throws IOException {
        boolean best = best(result.evaluation());
        TrainingState state =
                new TrainingState(
                        result.epoch(),
                        EpochTotals.NONE,
                        before.seconds() + result.seconds(),
                        best ? result.epoch() : before.best());
        if (best) {
            writeModel(state, result.evaluation());
        }
        metrics.add(result);
        TrainingPlot.write(request.out(), metrics.rows());
        // last: an epoch without its state is done again, and then writes the rest again
        state.save(request.out(), learner, settings);
        log.println(line(result, best) + ", " + learner.liveArrays() + " live arrays");
        return state;
    }

    /** Whether no epoch before was better; without validation images the last one is best. */
    private boolean best(Optional<Evaluation> evaluation) {
        return evaluation
                .map(now -> metrics.evaluations().stream().allMatch(now::betterThan))
                .orElse(set.validation().size() == 0);
    }

    private static String line(EpochResult r, boolean best) {
        String validation =
                r.evaluation()
                        .map(e ->
                                String.format(
                                        Locale.ROOT,
                                        ", validation loss %.4f accuracy %.2f %% (%.2f %% mean over classes)%s",
                                        e.loss(),
                                        100 * e.accuracy(),
                                        100 * e.balancedAccuracy(),
                                        best ? ", best so far" : ""))
                        .orElse("");
        return String.format(
                Locale.ROOT,
                "epoch %d: loss %.4f accuracy %.2f %%%s, %.0f images/s",
                r.epoch(),
                r.trainLoss(),
                100 * r.trainAccuracy(),
                validation,
                r.imagesPerSecond());
    }

    private void writeModel(TrainingState state, Optional<Evaluation> validation)
            throws IOException {
        ModelDirectory.write(
                request.out(),
                learner.network().config(),
                TrainedWeights.of(learner, learner.average(), request.start()),
                set.data().labels(),
                CardText.of(request, set.data(), learner, state, new CardText.Results(validation)));
    }
}
