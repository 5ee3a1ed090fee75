package io.dmst.image;

import java.nio.ByteBuffer;

/**
 * Rows as a decoder left them in its own memory: what is made of a picture is small, and the whole
 * of it on the heap is what the garbage collector would have most of its work from.
 */
final class DecodedRows implements Rows, AutoCloseable {

    private final int height;
    private final int width;
    private final ByteBuffer rgb;
    private boolean closed;

    /**
     * @param rgb {@code height * width * 3} bytes from its beginning, interleaved (HWC), valid
     *     until this is closed
     */
    DecodedRows(int height, int width, ByteBuffer rgb) {
        this.height = height;
        this.width = width;
        this.rgb = rgb;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void copy(int y, int x, int pixels, byte[] into, int at) {
        checkOpen();
        rgb.get((y * width + x) * RgbImage.CHANNELS, into, at, pixels * RgbImage.CHANNELS);
    }

    @Override
    public RgbImage image() {
        checkOpen();
        byte[] all = new byte[height * width * RgbImage.CHANNELS];
        rgb.get(0, all);
        return new RgbImage(height, width, all);
    }

    /** Memory that was freed must not be read. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("these rows were there while they were shown");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
