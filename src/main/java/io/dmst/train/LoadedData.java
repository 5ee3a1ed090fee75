package io.dmst.train;

import io.dmst.checkpoint.ImageSize;
import io.dmst.image.Preprocessor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A data set in memory.
 *
 * @param source where it was read from
 * @param labels class names
 * @param train images to learn from
 * @param test images to judge by
 * @param skipped number of problems that were skipped
 */
record LoadedData(Path source, List<String> labels, PixelSet train, PixelSet test, int skipped) {

    static LoadedData read(TrainingRequest request, PrintStream log) throws IOException {
        Problems problems = new Problems();
        ImageSize size = request.config().imageSize();
        double crop = request.config().preprocessing().cropFraction();
        Preprocessor preprocessor = new Preprocessor(size.height(), size.width(), crop);
        try (DataSet source = DataSet.open(request.data())) {
            ImageData data = source.read(problems);
            PixelSet train =
                    PixelSets.load("training images", data.train(), preprocessor, problems);
            PixelSet test = PixelSets.load("test images", data.test(), preprocessor, problems);
            problems.settle(request.badData(), log::println);
            if (train.size() < request.options().batchSize() || test.size() == 0) {
                throw new IOException(
                        "%s has %d readable training and %d test images; at least one batch of %d and 1 are needed"
                                .formatted(
                                        request.data(),
                                        train.size(),
                                        test.size(),
                                        request.options().batchSize()));
            }
            return new LoadedData(
                    request.data(), data.labels(), train, test, problems.found().size());
        }
    }
}
