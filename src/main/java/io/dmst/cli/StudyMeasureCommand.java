package io.dmst.cli;

import io.dmst.core.checkpoint.AtomicFile;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.image.Preprocessor;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.study.RateMeasure;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.LabelledImage;
import io.dmst.lab.train.data.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code dmst study measure}. */
@Command(
        name = "measure",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures coding rates over the blocks of a trained network, and of the same network"
                    + " before its training, as means over test images: R and R_c of unit tokens,"
                    + " R_c^var of the projected ones."
        })
final class StudyMeasureCommand implements Callable<Integer> {

    /** The same images for every network. */
    private static final long SAMPLE = 20_260_101;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model directory.")
    private Path model = Path.of("");

    @Option(names = "--data", required = true, paramLabel = "DIR|ZIP", description = "Images.")
    private Path data = Path.of("");

    @Mixin private SplitArguments split = new SplitArguments();

    @Option(names = "--images", description = "Test images to take, the same for every network.")
    private int images = 512;

    @Option(names = "--seed", description = "Of the training: the network before it follows.")
    private long seed;

    @Option(names = "--threads", description = "CPU threads per operation.")
    private int threads = 1;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON file.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        DjlEngines.threads(threads);
        ModelDirectory trained = ModelDirectory.read(model);
        try (EvaluationImages test =
                EvaluationImages.open(data, trained.labels(), split.options(), Part.TEST)) {
            RateMeasure measure = new RateMeasure(trained);
            AtomicFile.replace(
                    out,
                    new JsonMapper()
                            .writeValueAsString(
                                    measure.measure(
                                            pixels(trained, test.images()),
                                            seed,
                                            DjlEngines.device("cpu"))));
        }
        return 0;
    }

    private List<byte[]> pixels(ModelDirectory trained, List<LabelledImage> all)
            throws IOException {
        Preprocessor preprocessor =
                new Preprocessor(
                        trained.config().imageSize().height(),
                        trained.config().imageSize().width(),
                        trained.config().preprocessing().cropFraction());
        List<LabelledImage> order = new ArrayList<>(all);
        Collections.shuffle(order, new Random(SAMPLE));
        List<byte[]> pixels = new ArrayList<>();
        for (LabelledImage image : order.subList(0, Math.min(images, order.size()))) {
            pixels.add(preprocessor.apply(image.source().load()));
        }
        return pixels;
    }
}
