package io.dmst.core.image;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Memory that concurrent decodes share, granted in order of arrival.
 *
 * <p>One decode takes at most {@code 24} bytes per pixel beside its file: the worst is an animated,
 * lossless WebP file with alpha (three canvases and the coder's own picture at four bytes each, the
 * flattened picture at three, and three more to turn it upright).
 */
final class DecodeMemory {
    static final int BYTES_PER_PIXEL = 24;
    private static final int UNIT = 1024;

    private final Semaphore units;

    /**
     * @throws IllegalArgumentException if the largest picture within the limits would not fit
     */
    DecodeMemory(long bytes, ImageLimits limits) {
        long worst = cost((long) limits.maxPixels(), limits.maxBytes());
        if (bytes < worst || bytes / UNIT > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "decode memory must hold the largest allowed picture: expected at least %d bytes for %d pixels, got %d"
                            .formatted(worst, limits.maxPixels(), bytes));
        }
        units = new Semaphore((int) (bytes / UNIT), true);
    }

    private static long cost(long pixels, int fileBytes) {
        return pixels * BYTES_PER_PIXEL + fileBytes + UNIT;
    }

    /**
     * Waits until the decode fits.
     *
     * @throws CancellationException if the thread is interrupted while waiting
     */
    Lease lease(ImageHeader header, int fileBytes) {
        int count = (int) (cost((long) header.width() * header.height(), fileBytes) / UNIT);
        try {
            units.acquire(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(
                    "interrupted while waiting for memory to decode a picture");
        }
        return () -> units.release(count);
    }

    /** Memory of one decode, released when this is closed. */
    interface Lease extends AutoCloseable {
        @Override
        void close();
    }
}
