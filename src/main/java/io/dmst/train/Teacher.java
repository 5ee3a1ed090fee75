package io.dmst.train;

import java.io.IOException;

/** A trained classifier whose class scores a student learns from beside its labels. */
public interface Teacher extends AutoCloseable {

    /** What it is, for the model card and the state. */
    String name();

    /** Rows of its input. */
    int height();

    /** Columns of its input. */
    int width();

    /**
     * Its class scores, in the order of the student's classes.
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
