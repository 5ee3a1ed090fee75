package io.dmst.cli;

import io.dmst.lab.train.data.SplitOptions;
import picocli.CommandLine.Option;

/** How a data set is divided; the same for training and for judging what was trained. */
final class SplitArguments {

    private static final SplitOptions DEFAULT = SplitOptions.DEFAULT;

    @Option(
            names = "--split",
            paramLabel = "RULE",
            description = {
                "folders: train/CLASS/FILE, test/CLASS/FILE and validation/CLASS/FILE, shares for"
                        + " what is missing; seeded: shares of CLASS/FILE; hash: SHA-256 of the"
                        + " path modulo 5, 0 is test, 1 validation."
            })
    private SplitOptions.Mode mode = DEFAULT.mode();

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description = "Of every class for validation where no folder is.")
    private double validation = DEFAULT.validation();

    @Option(
            names = "--test",
            paramLabel = "SHARE",
            description = "Of every class for testing where no folder is.")
    private double test = DEFAULT.test();

    @Option(names = "--split-seed", description = "Chooses the images of these shares.")
    private long seed = DEFAULT.seed();

    @Option(
            names = "--folder",
            paramLabel = "PATH",
            description = "Inside of --data: what holds the class folders, or train/ and test/.")
    private String folder = DEFAULT.folder();

    /**
     * @throws IllegalArgumentException if shares or folder make no sense
     */
    SplitOptions options() {
        return new SplitOptions(mode, validation, test, seed, folder);
    }
}
