package io.dmst.train;

import ai.djl.ndarray.NDManager;
import io.dmst.checkpoint.ImageSize;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.djl.Engines;
import io.dmst.image.Preprocessor;
import io.dmst.model.Network;
import io.dmst.train.data.BatchLoader;
import io.dmst.train.data.BatchSource;
import io.dmst.train.data.LoadedData;
import io.dmst.train.data.PictureRows;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Map;

/** Trains a network from a request; one at a time per process. */
public final class Trainer {

    private final TrainingRequest request;
    private final PrintStream log;

    /**
     * @param request what to train
     * @param log receives messages and the progress
     */
    public Trainer(TrainingRequest request, PrintStream log) {
        this.request = request;
        this.log = log;
    }

    /**
     * Trains to the end, or from the saved state to the end.
     *
     * <p>After every epoch {@code out} holds the state, the metrics and their plot; after every
     * evaluation also the model with the averaged weights.
     *
     * @return accuracy on the test images after the last epoch
     * @throws IOException if data or state cannot be read or written, or the data are refused
     * @throws DivergedException if the loss stops being a number
     * @throws InterruptedException if interrupted
     */
    public double train() throws IOException, InterruptedException {
        Files.createDirectories(request.out());
        if (TrainingState.exists(request.out()) && !request.resume()) {
            throw new IOException(
                    request.out()
                            + " holds a training already; go on with --resume or choose another --out");
        }
        boolean ownSize = request.options().augmentation().crops();
        try (LoadedData data =
                LoadedData.read(request.data(), preprocessor(), ownSize, log::println)) {
            ModelConfig config = request.config().with(Map.of("num_classes", data.labels().size()));
            try (NDManager manager = Engines.newManager(request.device());
                    Learner learner =
                            new Learner(manager, new Network(config), request.options())) {
                return epochs(manager, learner, data);
            }
        }
    }

    private Preprocessor preprocessor() {
        ImageSize size = request.config().imageSize();
        double crop = request.config().preprocessing().cropFraction();
        return new Preprocessor(size.height(), size.width(), crop);
    }

    private double epochs(NDManager manager, Learner learner, LoadedData data)
            throws IOException, InterruptedException {
        TrainOptions options = request.options();
        TrainingState state =
                request.resume()
                        ? TrainingState.restore(request.out(), learner, options)
                        : new TrainingState(0, 0, 0);
        Report report = new Report(request, data, learner, state, log);
        BatchSource loader =
                new BatchLoader(
                        PictureRows.training(data.train(), preprocessor(), options.augmentation()),
                        data.labels().size(),
                        options.batches(),
                        options.augmentation(),
                        request.data().threads());
        EpochRun run = new EpochRun(learner, loader, options, request.out());
        Evaluation last = null;
        for (int epoch = state.epochs() + 1; epoch <= options.epochs(); epoch++) {
            long start = System.nanoTime();
            EpochResult result = run.train(epoch, log);
            if (epoch % options.evaluateEvery() == 0 || epoch == options.epochs()) {
                last = evaluate(manager, learner, data);
                result = result.with(last);
            }
            double seconds = state.seconds() + (System.nanoTime() - start) / 1e9;
            state = new TrainingState(epoch, learner.steps(), seconds);
            report.epoch(result, state, learner.liveArrays());
        }
        // a training that was complete already only tells how good it is
        return (last == null ? evaluate(manager, learner, data) : last).accuracy();
    }

    private Evaluation evaluate(NDManager manager, Learner learner, LoadedData data)
            throws IOException, InterruptedException {
        BatchSource images =
                BatchLoader.inOrder(
                        PictureRows.evaluation(data.test(), preprocessor()),
                        data.labels().size(),
                        Evaluation.BATCH,
                        request.data().threads());
        return Evaluation.of(manager, learner.network(), learner.average(), images, done -> {});
    }
}
