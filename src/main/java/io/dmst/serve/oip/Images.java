package io.dmst.serve.oip;

import io.dmst.serve.predict.Upload;
import java.util.List;

/** The images of a request, in one of the two forms. */
sealed interface Images {

    /** How many. */
    int count();

    /**
     * Encoded files.
     *
     * @param files each with its own check
     */
    record Files(List<Upload> files) implements Images {

        @Override
        public int count() {
            return files.size();
        }
    }

    /**
     * The model's own input.
     *
     * @param images each of the model's size
     */
    record Pixels(List<byte[]> images) implements Images {

        @Override
        public int count() {
            return images.size();
        }
    }
}
