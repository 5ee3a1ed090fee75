package io.dmst.cli;

import io.dmst.lab.train.Regularisation;
import io.dmst.lab.train.Sampling;
import io.dmst.lab.train.data.ClassWeights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What keeps a network from learning its images by heart; what is absent takes the default. */
final class RegularisationOptions {

    @Option(
            names = "--label-smoothing",
            paramLabel = "SHARE",
            description = "Probability spread over all classes (0.1).")
    private @Nullable Double labelSmoothing;

    @Option(
            names = "--drop-path",
            paramLabel = "SHARE",
            description = "Stochastic depth: probability per branch (0).")
    private @Nullable Double dropPath;

    @Option(
            names = "--token-dropout",
            paramLabel = "SHARE",
            description =
                    "Largest share of an image's tokens that the mean token replaces (0; 0.2 on a frozen stem).")
    private @Nullable Double tokenDropout;

    @Option(
            names = "--balance",
            paramLabel = "POWER",
            description =
                    "Draws images by the size of their class to the power of minus this (0; 0.5 on a frozen stem).")
    private @Nullable Double balance;

    @Option(
            names = "--class-weights",
            paramLabel = "KIND",
            description =
                    "${COMPLETION-CANDIDATES}: whether the loss counts every class the same (none).")
    private @Nullable ClassWeights classWeights;

    Regularisation of(Regularisation base) {
        return new Regularisation(
                Absent.or(labelSmoothing, base.labelSmoothing()),
                Absent.or(dropPath, base.dropPath()),
                Absent.or(tokenDropout, base.tokenDropout()));
    }

    Sampling of(Sampling base) {
        return new Sampling(
                Absent.or(balance, base.balance()), Absent.or(classWeights, base.classWeights()));
    }
}
