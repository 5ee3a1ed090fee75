package io.dmst.lab.train.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images to judge a model by: a split of a data set, or folders named by class.
 *
 * <p>Keeps a zip open until closed.
 */
public final class EvaluationImages implements AutoCloseable {

    private final DataSet source;
    private final List<LabelledImage> images;
    private final List<String> problems;

    private EvaluationImages(DataSet source, List<LabelledImage> images, List<String> problems) {
        this.source = source;
        this.images = images;
        this.problems = problems;
    }

    /**
     * Finds the test images of a model's classes; all images where the data have no parts.
     *
     * @param path a directory or a zip
     * @param labels of the classes, in the order of the model's outputs
     * @throws IOException if there are none, saying what was expected
     */
    public static EvaluationImages open(Path path, List<String> labels) throws IOException {
        return open(path, labels, SplitOptions.DEFAULT, Part.TEST);
    }

    /**
     * Finds the images of a model's classes in one part.
     *
     * @param path a directory or a zip
     * @param labels of the classes, in the order of the model's outputs
     * @param split that the model was trained with
     * @throws IOException if there are none, saying what was expected, or if the part is that of
     *     training and the data are of other classes
     */
    public static EvaluationImages open(
            Path path, List<String> labels, SplitOptions split, Part part) throws IOException {
        return open(
                path,
                split,
                (source, problems) ->
                        part == Part.TRAIN
                                ? training(path, source, labels, problems)
                                : source.part(part, labels, problems));
    }

    private static List<LabelledImage> training(
            Path path, DataSet source, List<String> labels, DataProblems problems)
            throws IOException {
        ImageData data = source.read(problems);
        if (!data.labels().equals(labels)) {
            throw new IOException(
                    "%s has the classes %s, the model %s".formatted(path, data.labels(), labels));
        }
        return data.of(Part.TRAIN);
    }

    private interface Choice {
        List<LabelledImage> from(DataSet source, DataProblems problems) throws IOException;
    }

    private static EvaluationImages open(Path path, SplitOptions split, Choice choice)
            throws IOException {
        DataSet source = DataSet.open(path, split);
        try {
            DataProblems problems = new DataProblems();
            List<LabelledImage> images = choice.from(source, problems);
            return new EvaluationImages(source, images, problems.found());
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** The images, not decoded yet. */
    public List<LabelledImage> images() {
        return images;
    }

    /** What was left out, such as folders of unknown classes. */
    public List<String> problems() {
        return problems;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
