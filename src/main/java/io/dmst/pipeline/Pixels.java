package io.dmst.pipeline;

import io.dmst.inference.ServedModel;
import java.lang.foreign.MemorySegment;

/** Makes a model's input of an encoded image. Safe for use by several threads. */
interface Pixels {

    /**
     * The input.
     *
     * @param file an encoded image, nobody knows of what kind
     * @param viewSide longer side in pixels of a view for people; 0 for none
     */
    Checked<Input> of(MemorySegment file, ServedModel model, int viewSide);

    /** Whether an image takes less time than to have another thread do it. */
    boolean quick(MemorySegment file);
}
