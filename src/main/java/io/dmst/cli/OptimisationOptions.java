package io.dmst.cli;

import io.dmst.lab.train.LearningRateDecay;
import io.dmst.lab.train.Optimisation;
import io.dmst.lab.train.TrainOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the weights are optimised; what is absent takes the default of the kind of training. */
final class OptimisationOptions {

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (30; 40 on a frozen stem).")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images per step (128; 32 on a frozen stem).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Peak of the schedule (0.002).")
    private @Nullable Double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "KIND",
            description = "${COMPLETION-CANDIDATES}: how the rate goes down (cosine).")
    private @Nullable LearningRateDecay decay;

    @Option(
            names = "--warm-up",
            paramLabel = "EPOCHS",
            description = "Epochs of linear warm-up (2).")
    private @Nullable Double warmUp;

    @Option(
            names = "--weight-decay",
            paramLabel = "RATE",
            description = "Decoupled decay of weight matrices (0.05).")
    private @Nullable Double weightDecay;

    @Option(
            names = "--clip-norm",
            paramLabel = "NORM",
            description = "Largest global norm of a gradient (1).")
    private @Nullable Double clipNorm;

    @Option(
            names = "--ema",
            paramLabel = "DECAY",
            description = "Of the averaged weights that are judged and saved (0.999).")
    private @Nullable Double ema;

    @Option(
            names = "--stem-rate",
            paramLabel = "FACTOR",
            description =
                    "Learning rate of a stem that is not frozen, relative to the others' (1; 0.1 with --from).")
    private @Nullable Double stemRate;

    @Option(names = "--seed", paramLabel = "SEED", description = "Of everything random (0).")
    private @Nullable Long seed;

    int epochs(TrainOptions base) {
        return Absent.or(epochs, base.epochs());
    }

    int batchSize(TrainOptions base) {
        return Absent.or(batchSize, base.batchSize());
    }

    long seed(TrainOptions base) {
        return Absent.or(seed, base.seed());
    }

    double stemRate(double base) {
        return Absent.or(stemRate, base);
    }

    Optimisation of(Optimisation base) {
        return new Optimisation(
                Absent.or(learningRate, base.learningRate()),
                Absent.or(decay, base.decay()),
                Absent.or(warmUp, base.warmUpEpochs()),
                Absent.or(weightDecay, base.weightDecay()),
                Absent.or(clipNorm, base.clipNorm()),
                Absent.or(ema, base.emaDecay()));
    }
}
