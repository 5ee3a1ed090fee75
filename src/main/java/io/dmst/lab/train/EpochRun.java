package io.dmst.lab.train;

import io.dmst.lab.train.data.Batch;
import io.dmst.lab.train.data.BatchSource;
import java.io.IOException;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The steps of one epoch, with a progress bar. */
final class EpochRun {

    private final Learner learner;
    private final BatchSource source;
    private final TrainingRequest request;
    private final Schedule schedule;

    EpochRun(Learner learner, BatchSource source, TrainingRequest request) {
        this.learner = learner;
        this.source = source;
        this.request = request;
        long perEpoch = source.batches();
        Optimisation settings = request.options().optimisation();
        this.schedule =
                new Schedule(
                        settings.learningRate(),
                        settings.decay(),
                        Math.round(settings.warmUpEpochs() * perEpoch),
                        request.options().epochs() * perEpoch);
    }

    /** Learning rate of the step that was taken last. */
    double rate() {
        return schedule.rate(Math.max(0, learner.steps() - 1));
    }

    /**
     * Trains to the end of an epoch, or until it is told to stop.
     *
     * @param epoch counted from 1
     * @param done what an interrupted run of the epoch has done already
     * @return the sums; of all batches unless it was told to stop
     * @throws DivergedException if the loss or its gradient is not finite
     */
    EpochTotals train(int epoch, EpochTotals done, PrintStream log)
            throws IOException, InterruptedException {
        EpochTotals totals = done;
        int all = source.batches();
        try (ProgressBar bar = bar(epoch, log);
                BatchSource.Epoch batches = source.epoch(epoch, done.batches())) {
            bar.stepTo(done.images());
            while (totals.batches() < all && !request.stop().raised()) {
                long start = System.nanoTime();
                Batch batch = batches.next();
                Learner.Step step = learner.step(batch, schedule.rate(learner.steps()));
                if (!Double.isFinite(step.gradientNorm())) {
                    throw new DivergedException(learner.steps() + 1, epoch, request.out());
                }
                totals = totals.plus(step, batch.size(), (System.nanoTime() - start) / 1e9);
                bar.stepTo(totals.images());
                bar.setExtraMessage(totals.message());
            }
            // closing the bar would swallow it
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted at the end of epoch " + epoch);
            }
        }
        return totals;
    }

    private ProgressBar bar(int epoch, PrintStream log) {
        return new ProgressBarBuilder()
                .setTaskName("epoch " + epoch + "/" + request.options().epochs())
                .setInitialMax(source.images())
                .setUnit(" images", 1)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(System.console() == null ? 30_000 : 500)
                .setConsumer(new ConsoleProgressBarConsumer(log, 120))
                .build();
    }
}
