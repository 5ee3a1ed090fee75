package io.dmst.lab.train;

import io.dmst.lab.train.data.RowSource;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/** ExampleRows of images of which there is a fixed number of crops. */
interface CropRows extends RowSource {

    /**
     * Writes the rows of one crop; as {@link RowSource#write}.
     *
     * @param crop of the image
     */
    void write(int image, int crop, List<float[]> inputs, int row, RandomGenerator random)
            throws IOException;
}
