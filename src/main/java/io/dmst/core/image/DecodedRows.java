package io.dmst.core.image;

import java.nio.ByteBuffer;

/**
 * Pixel rows in the native memory of a decoder. A result of a picture is small; a copy of the
 * picture on the heap would be most of the garbage of a request.
 */
final class DecodedRows implements PixelRows, AutoCloseable {

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

    /** Guards against reads of freed memory. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the rows are valid only until their viewer returns");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
