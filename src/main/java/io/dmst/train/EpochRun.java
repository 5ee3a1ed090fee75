package io.dmst.train;

import io.dmst.train.data.Batch;
import io.dmst.train.data.BatchSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The steps of one epoch, with a progress bar. */
final class EpochRun {

    private final Learner learner;
    private final BatchSource loader;
    private final TrainOptions options;
    private final Schedule schedule;
    private final Path out;

    EpochRun(Learner learner, BatchSource loader, TrainOptions options, Path out) {
        this.learner = learner;
        this.loader = loader;
        this.options = options;
        this.out = out;
        long perEpoch = loader.batches();
        this.schedule =
                new Schedule(
                        options.learningRate(),
                        Math.round(options.warmUpEpochs() * perEpoch),
                        options.epochs() * perEpoch);
    }

    EpochResult train(int epoch, PrintStream log) throws IOException, InterruptedException {
        Totals totals = new Totals();
        long start = System.nanoTime();
        double rate = 0;
        try (ProgressBar bar = bar(epoch, log);
                BatchSource.Epoch batches = loader.epoch(epoch)) {
            for (int i = 0; i < loader.batches(); i++) {
                rate = schedule.rate(learner.steps());
                Batch batch = batches.next();
                Learner.Step step = learner.step(batch, rate);
                if (!Double.isFinite(step.gradientNorm())) {
                    throw new DivergedException(learner.steps() + 1, epoch, out);
                }
                totals.add(step, batch.size());
                bar.stepBy(batch.size());
                bar.setExtraMessage(totals.message());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new EpochResult(
                epoch,
                learner.steps(),
                rate,
                totals.loss / totals.steps,
                (double) totals.correct / totals.images,
                totals.gradientNorm / totals.steps,
                totals.images / seconds,
                Optional.empty());
    }

    private ProgressBar bar(int epoch, PrintStream log) {
        return new ProgressBarBuilder()
                .setTaskName("epoch " + epoch + "/" + options.epochs())
                .setInitialMax(loader.images())
                .setUnit(" images", 1)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(System.console() == null ? 30_000 : 500)
                .setConsumer(new ConsoleProgressBarConsumer(log, 120))
                .build();
    }

    private static final class Totals {
        private double loss;
        private double gradientNorm;
        private long correct;
        private long images;
        private long steps;

        void add(Learner.Step step, int size) {
            loss += step.loss();
            gradientNorm += step.gradientNorm();
            correct += step.correct();
            images += size;
            steps++;
        }

        String message() {
            return String.format(
                    Locale.ROOT, " loss %.3f acc %.1f%%", loss / steps, 100.0 * correct / images);
        }
    }
}
