package io.dmst.cli;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.train.FineTuning;
import io.dmst.lab.train.Freeze;
import io.dmst.lab.train.StopSignal;
import io.dmst.lab.train.Teacher;
import io.dmst.lab.train.TrainOptions;
import io.dmst.lab.train.Trainer;
import io.dmst.lab.train.TrainingOutcome;
import io.dmst.lab.train.TrainingRequest;
import io.dmst.lab.train.data.DataOptions;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.Part;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst train}. */
@Command(
        name = "train",
        sortOptions = false,
        usageHelpAutoWidth = true,
        customSynopsis = "dmst train --data DIR|ZIP --out DIR [OPTION...]",
        description = {
            "Trains a network on images in folders and writes a model directory: config.json, weights,"
                    + " labels, model card, metrics.csv, training.png and result.json.",
            "The epoch that is best on the validation images is kept. The test images are looked at"
                    + " once, at the end: also with the memberships of another picture, with shuffled"
                    + " ones and without attention, which says whether memberships matter."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  Your own photographs, 15 a class, on the pretrained stem:",
            "    dmst train --data photos --test 0.2 --model dmst-lite2-p16 --out my-model",
            "  From scratch, on 32x32 images:",
            "    dmst train --data images.zip --model dmst-compact-4m-p4 --epochs 24 --out my-model",
            "  In pieces, on a shared machine; later the same with --resume:",
            "    dmst train ... --threads 1 --until 2h30m",
            "",
            "Exit status: 0 finished, or stopped by --until; 1 failed; 2 wrong usage; 130 or 143"
                    + " stopped by Control-C or SIGTERM, with the state saved."
        })
final class TrainCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            required = true,
            order = 1,
            paramLabel = "DIR|ZIP",
            description = {
                "Images in folders that are named by their class: CLASS/FILE, or train/CLASS/FILE with"
                        + " test/CLASS/FILE and perhaps validation/CLASS/FILE."
            })
    private Path data = Path.of("");

    @Option(
            names = "--out",
            required = true,
            order = 2,
            paramLabel = "DIR",
            description = "Directory of the model.")
    private Path out = Path.of("");

    @Option(
            names = {"-h", "--help"},
            order = 3,
            usageHelp = true,
            description = "Shows this page.")
    private boolean help;

    @ArgGroup(validate = false, heading = "%nNetwork and start:%n", order = 1)
    private NetworkOptions network = new NetworkOptions();

    @ArgGroup(validate = false, heading = "%nImages (default):%n", order = 2)
    private SplitArguments split = new SplitArguments();

    @ArgGroup(validate = false, heading = "%nTime, result and machine:%n", order = 3)
    private TrainingControlOptions control = new TrainingControlOptions();

    @ArgGroup(validate = false, heading = "%nOptimisation (default):%n", order = 4)
    private OptimisationOptions optimisation = new OptimisationOptions();

    @ArgGroup(validate = false, heading = "%nAugmentation (default):%n", order = 5)
    private AugmentationOptions augmentation = new AugmentationOptions();

    @ArgGroup(validate = false, heading = "%nRegularisation and classes (default):%n", order = 6)
    private RegularisationOptions regularisation = new RegularisationOptions();

    @ArgGroup(validate = false, heading = "%nTeacher (default):%n", order = 7)
    private TeacherOptions teacher = new TeacherOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        control.useThreads(err);
        ModelConfig config = network.config();
        StopSignal stop = control.stop();
        Optional<Teacher> taught = teacher.teacher(config, control.threads());
        TrainingRequest request =
                new TrainingRequest(
                        new DataOptions(
                                data,
                                split.options(),
                                control.badData(),
                                control.loaderThreads(),
                                DataOptions.defaultMemory()),
                        config,
                        network.weights(config),
                        options(config),
                        taught,
                        control.output(out, commandLine()),
                        control.resume(),
                        stop,
                        DjlEngines.device(control.device()));
        try (SignalHook hook = new SignalHook(stop)) {
            return report(new Trainer(request, System.err).train(), err);
        } finally {
            taught.ifPresent(Teacher::close);
        }
    }

    private int report(TrainingOutcome outcome, PrintWriter err) throws IOException {
        switch (outcome) {
            case TrainingOutcome.Stopped stopped ->
                    err.printf(
                            "stopped in epoch %d after %d batches; the state is saved in %s: give the"
                                    + " same command with --resume to go on%n",
                            stopped.epoch(), stopped.batches(), out);
            case TrainingOutcome.Finished finished -> {
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s: %.2f %% of %d test images, %.2f %% mean over classes, best epoch %d%n",
                                out,
                                100 * finished.accuracy(),
                                finished.testImages(),
                                100 * finished.balancedAccuracy(),
                                finished.bestEpoch());
                profile(err);
            }
        }
        return 0;
    }

    /** The reference is of the test images: the network knows the others by heart. */
    private void profile(PrintWriter err) throws IOException {
        ModelDirectory trained = ModelDirectory.read(out);
        try (EvaluationImages images =
                        EvaluationImages.open(data, trained.labels(), split.options(), Part.TEST);
                LocalModel local = new LocalModel(trained, EngineName.ONNXRUNTIME)) {
            ReferenceRun.write(
                    local,
                    out,
                    images.images(),
                    Part.TEST.words() + " of " + data.getFileName(),
                    optimisation.seed(TrainOptions.DEFAULT),
                    err);
        } catch (IllegalArgumentException e) {
            err.println("no " + ModelDirectory.REFERENCE + " was written: " + e.getMessage());
        }
    }

    private TrainOptions options(ModelConfig config) {
        Freeze freeze = network.freeze(config);
        TrainOptions base = freeze == Freeze.NONE ? TrainOptions.DEFAULT : TrainOptions.FROZEN_STEM;
        return new TrainOptions(
                optimisation.epochs(base),
                optimisation.batchSize(base),
                optimisation.of(base.optimisation()),
                regularisation.of(base.regularisation()),
                augmentation.of(base.augmentation()),
                regularisation.of(base.sampling()),
                new FineTuning(
                        freeze,
                        optimisation.stemRate(network.fineTunes() ? 0.1 : 1),
                        augmentation.crops(base.fineTuning())),
                teacher.distillation(),
                optimisation.seed(base),
                control.evaluateEvery());
    }

    private String commandLine() {
        return "dmst " + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }
}
