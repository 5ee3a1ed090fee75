package io.dmst.cli;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.djl.Engines;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.model.Variants;
import io.dmst.train.TrainOptions;
import io.dmst.train.Trainer;
import io.dmst.train.TrainingRequest;
import io.dmst.train.augment.AugmentOptions;
import io.dmst.train.data.BadData;
import io.dmst.train.data.ClassWeights;
import io.dmst.train.data.DataOptions;
import io.dmst.train.data.EvaluationImages;
import io.dmst.train.data.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Trains a network on folders of images and writes a model directory.")
final class TrainCommand implements Callable<Integer> {

    private static final TrainOptions DEFAULT = TrainOptions.DEFAULT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|ZIP",
            description = "train/CLASS/FILE and test/CLASS/FILE, or CLASS/FILE.")
    private Path data = Path.of("");

    @Mixin private SplitArguments split = new SplitArguments();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The network, such as dmst-compact-4-p4 or dmst-tiny-12-p16.")
    private String model = "dmst-compact-4-p4";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Model directory.")
    private Path out = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Changes a key of the network's config.json, such as sparsifier=mask.")
    private Map<String, String> changes = new HashMap<>();

    @Option(names = "--epochs", description = "Passes over the training images.")
    private int epochs = DEFAULT.epochs();

    @Option(names = "--batch-size", description = "Images per step.")
    private int batchSize = DEFAULT.batchSize();

    @Option(names = "--learning-rate", description = "Peak of the schedule.")
    private double learningRate = DEFAULT.learningRate();

    @Option(names = "--warm-up", description = "Epochs of linear warm-up.")
    private double warmUp = DEFAULT.warmUpEpochs();

    @Option(names = "--weight-decay", description = "Decoupled decay of weight matrices.")
    private double weightDecay = DEFAULT.weightDecay();

    @Option(names = "--clip-norm", description = "Largest global norm of a gradient.")
    private double clipNorm = DEFAULT.clipNorm();

    @Option(names = "--label-smoothing", description = "Probability spread over all classes.")
    private double labelSmoothing = DEFAULT.labelSmoothing();

    @Option(names = "--ema", description = "Decay of the averaged weights.")
    private double ema = DEFAULT.emaDecay();

    @Option(names = "--drop-path", description = "Stochastic depth: probability per branch.")
    private double dropPath = DEFAULT.dropPath();

    @Option(names = "--flip", negatable = true, description = "Mirror images at random.")
    private boolean flip = DEFAULT.augmentation().flip();

    @Option(names = "--shift", description = "Largest random shift, as a share of the side.")
    private double shift = DEFAULT.augmentation().shift();

    @Option(
            names = "--crop-scale",
            paramLabel = "SHARE",
            description =
                    "Random resized crops take at least this share of a picture; 1 is off and"
                            + " leaves --shift.")
    private double cropScale = DEFAULT.augmentation().cropScaleMin();

    @Option(
            names = "--jitter",
            description = "Largest relative change of brightness, contrast and saturation.")
    private double jitter = DEFAULT.augmentation().jitter();

    @Option(names = "--random-ops", description = "RandAugment operations per image.")
    private int randomOps = DEFAULT.augmentation().randomOps();

    @Option(names = "--magnitude", description = "Strength of those operations, 0 to 10.")
    private double magnitude = DEFAULT.augmentation().magnitude();

    @Option(names = "--mixup", description = "Beta parameter of mixup; 0 is off.")
    private double mixup = DEFAULT.augmentation().mixup();

    @Option(names = "--cutmix", description = "Beta parameter of cutmix; 0 is off.")
    private double cutmix = DEFAULT.augmentation().cutmix();

    @Option(names = "--erasing", description = "Probability of erasing a random rectangle.")
    private double erasing = DEFAULT.augmentation().erasing();

    @Option(
            names = "--balance",
            paramLabel = "POWER",
            description =
                    "Draws images by the size of their class to the power of -POWER; 0 is off, 1"
                            + " takes all classes alike.")
    private double balance = DEFAULT.balance();

    @Option(
            names = "--class-weights",
            description = "${COMPLETION-CANDIDATES}: what the loss of an image counts.")
    private ClassWeights classWeights = DEFAULT.classWeights();

    @Option(names = "--loader-threads", description = "Threads that prepare images.")
    private int loaderThreads = 1;

    @Option(names = "--seed", description = "Seed of everything random.")
    private long seed = DEFAULT.seed();

    @Option(names = "--evaluate-every", description = "Epochs between evaluations.")
    private int evaluateEvery = DEFAULT.evaluateEvery();

    @Option(names = "--bad-data", description = "${COMPLETION-CANDIDATES}: what to do with it.")
    private BadData badData = BadData.SKIP;

    @Option(names = "--resume", description = "Go on from the state in --out.")
    private boolean resume;

    @Option(names = "--device", description = "cpu, cuda:0 or auto.")
    private String device = "auto";

    @Option(names = "--threads", description = "CPU threads per operation; all cores if absent.")
    private @Nullable Integer threads;

    @Override
    public Integer call() throws Exception {
        Engines.threads(threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        ModelConfig config = Variants.named(model).with(changes);
        TrainingRequest request =
                new TrainingRequest(
                        new DataOptions(
                                data,
                                split.options(),
                                badData,
                                loaderThreads,
                                DataOptions.defaultMemory()),
                        config,
                        options(),
                        out,
                        resume,
                        Engines.device(device),
                        commandLine());
        double accuracy = new Trainer(request, System.err).train();
        spec.commandLine().getOut().printf("%s: %.2f %% of the test images%n", out, 100 * accuracy);
        profile();
        return 0;
    }

    /** The reference is of the test images: the network knows the others by heart. */
    private void profile() throws IOException {
        ModelDirectory trained = ModelDirectory.read(out);
        PrintWriter err = spec.commandLine().getErr();
        try (EvaluationImages images =
                        EvaluationImages.open(data, trained.labels(), split.options(), Part.TEST);
                LocalModel local = new LocalModel(trained, EngineName.ONNXRUNTIME)) {
            ReferenceRun.write(
                    local,
                    out,
                    images.images(),
                    Part.TEST.words() + " of " + data.getFileName(),
                    seed,
                    err);
        } catch (IllegalArgumentException e) {
            err.println("no " + ModelDirectory.REFERENCE + " was written: " + e.getMessage());
        }
    }

    private TrainOptions options() {
        AugmentOptions augmentation =
                new AugmentOptions(
                        flip, shift, cropScale, jitter, randomOps, magnitude, mixup, cutmix,
                        erasing);
        return new TrainOptions(
                epochs,
                batchSize,
                learningRate,
                warmUp,
                weightDecay,
                clipNorm,
                labelSmoothing,
                ema,
                dropPath,
                augmentation,
                seed,
                evaluateEvery,
                balance,
                classWeights);
    }

    private String commandLine() {
        return "dmst " + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }
}
