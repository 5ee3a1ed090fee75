package io.dmst.lab.train.data;

import io.dmst.core.image.RgbImage;
import java.io.IOException;

/**
 * One image of a data set, not decoded yet.
 *
 * @param name its path inside of the data set, with {@code /}
 * @param label index of its class
 * @param source its pixels
 */
public record LabelledImage(String name, int label, Source source) {

    /** The same image under another class index. */
    LabelledImage of(int index) {
        return new LabelledImage(name, index, source);
    }

    /** Decodes an image; thread-safe. */
    @FunctionalInterface
    public interface Source {

        /**
         * The decoded image.
         *
         * @throws IOException if it cannot be read or is no image, saying why
         */
        RgbImage load() throws IOException;
    }
}
