package io.dmst.lab.train.data;

import io.dmst.core.image.RgbImage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for decoded pictures that are kept, shared by the parts of a data set. Never more than its
 * capacity is granted. Thread-safe.
 */
final class KeptMemory {

    private final AtomicLong free;

    /**
     * @param capacity in bytes
     */
    KeptMemory(long capacity) {
        free = new AtomicLong(capacity);
    }

    /** Takes the memory of a picture's pixels; false where it is not there. */
    boolean take(RgbImage picture) {
        long bytes = picture.rgb().length;
        return free.getAndUpdate(left -> left >= bytes ? left - bytes : left) >= bytes;
    }
}
