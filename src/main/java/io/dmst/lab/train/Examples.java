package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.djl.DjlParameters;
import java.io.IOException;
import java.util.List;

/** Images of one part of a data set, as the blocks of a network see them: without augmentation. */
interface Examples {

    /** Number of images. */
    int size();

    /** Class of an image. */
    int label(int image);

    /**
     * Features of some images.
     *
     * @param scratch owns the result
     * @param parameters of the network; those of a frozen stem may be needed no more
     * @param images by index
     * @return each {@code [B, C, h, w]}
     * @throws IOException if an image cannot be read, naming it
     */
    List<NDArray> features(NDManager scratch, DjlParameters parameters, int... images)
            throws IOException;
}
