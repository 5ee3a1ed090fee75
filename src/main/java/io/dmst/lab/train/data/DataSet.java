package io.dmst.lab.train.data;

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
    static DataSet open(Path source, SplitOptions split) throws IOException {
        return CifarBinary.isIn(source)
                ? new CifarBinary(source, split)
                : new ImageFolders(source, FileTree.open(source), split);
    }

    /**
     * All images by part.
     *
     * @param problems receives what is wrong, such as empty classes
     * @throws IOException if there is nothing to learn from, saying what was expected
     */
    ImageData read(DataProblems problems) throws IOException;

    /**
     * The images of known classes in one part.
     *
     * @param labels of the classes, in the order of a model's outputs
     * @param problems receives what is wrong, such as folders of unknown classes
     * @throws IOException if there are no images of any class, saying what was expected
     */
    List<LabelledImage> part(Part part, List<String> labels, DataProblems problems)
            throws IOException;

    @Override
    void close() throws IOException;
}
