package io.dmst.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A source of labelled images; keeps its files open until closed. */
interface DataSet extends AutoCloseable {

    /**
     * Opens a data set: CIFAR's binary files where there are any, else folders named by class.
     *
     * @param source a directory or a zip
     * @throws IOException if it is neither
     */
    static DataSet open(Path source) throws IOException {
        return CifarBinary.isIn(source) ? new CifarBinary(source) : ImageFolders.open(source);
    }

    /**
     * The images by split; not decoded yet.
     *
     * @param problems receives what is wrong, such as empty classes
     * @throws IOException if there is nothing to learn from, saying what was expected
     */
    ImageData read(Problems problems) throws IOException;

    /**
     * The test images of known classes; not decoded yet.
     *
     * @param labels of the classes, in the order of a model's outputs
     * @param problems receives what is wrong, such as folders of unknown classes
     * @throws IOException if there are no images of any class, saying what was expected
     */
    List<LabelledImage> test(List<String> labels, Problems problems) throws IOException;

    @Override
    void close() throws IOException;
}
