package io.dmst.lab.train.data;

import io.dmst.core.image.Preprocessor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A data set whose every image was decoded once. Keeps its files open until closed, for the images
 * that are decoded when needed.
 *
 * @param source where it was read from
 * @param labels class names
 * @param train images to learn from, at least one of every class
 * @param validation images to choose by; none where no share was asked for
 * @param test images to judge by, at the network's size as those of validation
 * @param skipped number of problems that were skipped
 * @param files to be closed
 */
public record LoadedData(
        Path source,
        List<String> labels,
        ImageSet train,
        ImageSet validation,
        ImageSet test,
        int skipped,
        Closeable files)
        implements Closeable {

    /**
     * Finds, divides and checks the images.
     *
     * @param preprocessor of the network
     * @param ownSize whether training pictures are needed at their own size, for random crops
     * @param log receives what was skipped
     * @throws IOException if data cannot be read, are refused, or are not enough
     */
    public static LoadedData read(
            DataOptions options, Preprocessor preprocessor, boolean ownSize, Consumer<String> log)
            throws IOException {
        DataSet source = DataSet.open(options.source(), options.split());
        try {
            return read(source, options, preprocessor, ownSize, log);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static LoadedData read(
            DataSet source,
            DataOptions options,
            Preprocessor preprocessor,
            boolean ownSize,
            Consumer<String> log)
            throws IOException {
        DataProblems problems = new DataProblems();
        ImageData data = source.read(problems);
        problems.notes().forEach(log);
        ImageReader reader =
                new ImageReader(preprocessor, new KeptMemory(options.memory()), problems);
        List<LabelledImage> learnt = data.of(Part.TRAIN);
        ImageSet train =
                ownSize
                        ? reader.ownSize(Part.TRAIN.words(), learnt)
                        : reader.networkSize(Part.TRAIN.words(), learnt);
        ImageSet validation = reader.networkSize(Part.VALIDATION.words(), data.of(Part.VALIDATION));
        ImageSet test = reader.networkSize(Part.TEST.words(), data.of(Part.TEST));
        problems.settle(options.badData(), log);
        LoadedData loaded =
                new LoadedData(
                        options.source(),
                        data.labels(),
                        train,
                        validation,
                        test,
                        problems.found().size(),
                        source::close);
        loaded.requireEnough(options.split());
        log.accept(loaded.summary());
        return loaded;
    }

    private void requireEnough(SplitOptions split) throws IOException {
        int[] counts = ClassWeights.counts(train.labels(), labels.size());
        boolean validated = split.validation() > 0 || split.mode() == SplitOptions.Mode.HASH;
        if (train.size() == 0 || test.size() == 0 || validated && validation.size() == 0) {
            throw new IOException(
                    "%s has %d readable images for training, %d for validation and %d for testing; each needs at least 1, and a class with 3 images is in all of them: add images, or do without validation by --validation 0"
                            .formatted(source, train.size(), validation.size(), test.size()));
        }
        for (int label = 0; label < counts.length; label++) {
            if (counts[label] == 0) {
                throw new IOException(
                        "%s has no readable training image of class %s; add some or remove its folder"
                                .formatted(source, labels.get(label)));
            }
        }
    }

    private String summary() {
        int all = train.size() + validation.size() + test.size();
        int kept = train.kept() + validation.kept() + test.kept();
        return "%d images for training, %d for validation, %d for testing, in %d classes; %s"
                .formatted(
                        train.size(),
                        validation.size(),
                        test.size(),
                        labels.size(),
                        kept == all
                                ? "all are kept decoded in memory"
                                : "%d of %d are kept decoded in memory, the others are decoded when needed"
                                        .formatted(kept, all));
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
