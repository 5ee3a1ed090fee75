package io.dmst.lab.train;

import java.io.IOException;
import java.util.List;

/** A trained classifier whose class scores a student learns from beside its labels. */
public interface Teacher extends AutoCloseable {

    /** What it is, and a digest of it, for the model card, the state and the cache. */
    String name();

    /** Names of its classes in the order of its scores; empty where it has none. */
    List<String> labels();

    /** ExampleRows of its input. */
    int height();

    /** Columns of its input. */
    int width();

    /**
     * Its class scores.
     *
     * @param pixels {@code [B, H, W, 3]}, 0 to 255
     * @param images B
     * @return {@code [B, classes]}
     * @throws IOException if it cannot compute them
     */
    float[] logits(float[] pixels, int images) throws IOException;

    @Override
    void close();
}
