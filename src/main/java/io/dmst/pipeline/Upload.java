package io.dmst.pipeline;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An encoded image as somebody sent it. Its memory is given back when the request is over and
 * nobody reads it any more. Safe for use by several threads.
 */
public final class Upload {

    private final MemorySegment bytes;
    private final Runnable free;

    /** Those who read, and the request as long as it is not over. */
    private final AtomicInteger holders = new AtomicInteger(1);

    /**
     * @param free gives the memory back
     */
    Upload(MemorySegment bytes, Runnable free) {
        this.bytes = bytes;
        this.free = free;
    }

    /** On the heap, where nothing need be given back. */
    public static Upload of(byte[] file) {
        return new Upload(MemorySegment.ofArray(file), () -> {});
    }

    /** Length in bytes. */
    long length() {
        return bytes.byteSize();
    }

    /**
     * What a reader makes of the bytes.
     *
     * @param reader keeps nothing of what it is shown
     * @return absent where the request was over before
     */
    <T> Optional<T> read(Function<MemorySegment, T> reader) {
        if (holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(bytes));
        } finally {
            release();
        }
    }

    /** The request is over; called once. */
    void close() {
        release();
    }

    private void release() {
        if (holders.decrementAndGet() == 0) {
            free.run();
        }
    }
}
