package io.dmst.lab.train;

import ai.djl.ndarray.NDManager;
import io.dmst.core.checkpoint.ImageSize;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.image.Preprocessor;
import io.dmst.core.model.Network;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.train.data.BatchSource;
import io.dmst.lab.train.data.LoadedData;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains a network from a request; one at a time per process. */
public final class Trainer {

    private final TrainingRequest request;
    private final PrintStream log;
    private int finishedEpochs;

    /**
     * @param request what to train
     * @param log receives messages and the progress
     */
    public Trainer(TrainingRequest request, PrintStream log) {
        this.request = request;
        this.log = log;
    }

    /**
     * Trains to the end, or until it is told to stop; from the start or from the saved state.
     *
     * <p>After every epoch the directory holds the state, the metrics and their plot, and the model
     * of the epoch that is best by the validation images, with the averaged weights. The test
     * images are looked at once, at the end.
     *
     * @throws IOException if data or state cannot be read or written, or the data are refused
     * @throws DivergedException if the loss stops being a number
     * @throws InterruptedException if interrupted
     */
    public TrainingOutcome train() throws IOException, InterruptedException {
        try {
            Files.createDirectories(request.out());
            if (TrainingState.exists(request.out()) && !request.resume()) {
                throw new IOException(
                        request.out()
                                + " holds a training already; go on with --resume or choose another --out");
            }
            ModelConfig config = request.config();
            ImageSize size = config.imageSize();
            Preprocessor preprocessor =
                    new Preprocessor(
                            size.height(), size.width(), config.preprocessing().cropFraction());
            boolean ownSize = request.options().augmentation().crops();
            try (LoadedData data =
                    LoadedData.read(request.data(), preprocessor, ownSize, log::println)) {
                return train(data, preprocessor);
            }
        } catch (TrainingStopped stopped) {
            return new TrainingOutcome.Stopped(finishedEpochs + 1, 0);
        } finally {
            request.stop().settle();
        }
    }

    private TrainingOutcome train(LoadedData data, Preprocessor preprocessor)
            throws IOException, InterruptedException {
        ModelConfig config = request.config().with(Map.of("num_classes", data.labels().size()));
        try (NDManager manager = DjlEngines.newManager(request.device());
                Learner learner =
                        new Learner(
                                manager,
                                new Network(config),
                                request.options(),
                                request.start().forClasses(data.labels()));
                TrainingSet set =
                        TrainingSet.of(
                                request,
                                new TrainingSet.Images(data, preprocessor),
                                manager,
                                learner)) {
            Measurements.features(manager, learner, set.training(), request.start());
            Report report = new Report(request, set, learner, log);
            TrainingState end = epochs(manager, learner, set, report, start(learner, report));
            if (end.epochs() < request.options().epochs()) {
                return new TrainingOutcome.Stopped(end.epochs() + 1, end.current().batches());
            }
            return new Completion(request, manager, set, learner, log).complete(end);
        }
    }

    private TrainingState start(Learner learner, Report report) throws IOException {
        if (!request.resume()) {
            return TrainingState.START;
        }
        if (!TrainingState.exists(request.out())
                && Files.isDirectory(TrainingSet.directory(request))) {
            log.println("no epoch has begun yet: starting with the features that are there");
            return TrainingState.START;
        }
        List<String> changed = new ArrayList<>();
        TrainingState state =
                TrainingState.restore(request.out(), learner, report.settings(), changed);
        changed.forEach(line -> log.println("resumed with another setting: " + line));
        report.resume(state);
        finishedEpochs = state.epochs();
        return state;
    }

    private TrainingState epochs(
            NDManager manager, Learner learner, TrainingSet set, Report report, TrainingState start)
            throws IOException, InterruptedException {
        BatchSource batches = set.batches();
        EpochRun run = new EpochRun(learner, batches, request);
        TrainingState state = start;
        while (state.epochs() < request.options().epochs()) {
            int epoch = state.epochs() + 1;
            EpochTotals totals = run.train(epoch, state.current(), log);
            if (totals.batches() < batches.batches()) {
                TrainingState stopped = state.within(totals);
                stopped.save(request.out(), learner, report.settings());
                return stopped;
            }
            Optional<Evaluation> evaluation = evaluate(manager, learner, set, epoch);
            EpochResult result =
                    EpochResult.of(epoch, learner.steps(), run.rate(), totals, evaluation);
            state = report.epoch(result, state);
            finishedEpochs = epoch;
        }
        return state;
    }

    private Optional<Evaluation> evaluate(
            NDManager manager, Learner learner, TrainingSet set, int epoch) throws IOException {
        TrainOptions options = request.options();
        if (epoch % options.evaluateEvery() != 0 && epoch != options.epochs()) {
            return Optional.empty();
        }
        Measurements.meanMap(manager, learner, set.training(), false);
        if (set.validation().size() == 0) {
            return Optional.empty();
        }
        Evaluator evaluator = new Evaluator(manager, learner.network(), learner.average());
        return Optional.of(evaluator.evaluate(set.validation()));
    }
}
