package io.dmst.lab.train.data;

import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the inputs of batches are made from, image by image: pixels of pictures, or cached features.
 * Thread-safe: several threads ask for different images.
 */
public interface RowSource {

    /** Images. */
    int size();

    /** Class of an image. */
    int label(int image);

    /** Shapes of one image's rows, one for each input. */
    List<int[]> shapes();

    /**
     * Writes the rows of one image.
     *
     * @param image index
     * @param inputs arrays of the batch, one for each shape
     * @param row of the batch that the image becomes
     * @param random what random changes are drawn from, and nothing else
     * @throws IOException if the image cannot be read, naming it
     */
    void write(int image, List<float[]> inputs, int row, RandomGenerator random) throws IOException;
}
