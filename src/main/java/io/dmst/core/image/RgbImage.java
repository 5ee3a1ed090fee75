package io.dmst.core.image;

/**
 * A picture of {@code height × width} pixels, rows top to bottom, each pixel three unsigned bytes
 * red, green, blue (sRGB as stored, no colour management).
 *
 * <p>The array is not copied, neither in nor out: it must not be changed while the picture is
 * shared.
 */
public final class RgbImage implements PixelRows {
    /** Bytes of one pixel. */
    static final int CHANNELS = 3;

    private final int height;
    private final int width;
    private final byte[] rgb;

    /**
     * @param rgb {@code height * width * 3} bytes, interleaved (HWC)
     * @throws IllegalArgumentException if a side is not positive or the length does not fit
     */
    public RgbImage(int height, int width, byte[] rgb) {
        if (height < 1 || width < 1 || (long) height * width * CHANNELS != rgb.length) {
            throw new IllegalArgumentException(
                    "expected positive sides and height*width*3 bytes, got %d x %d and %d bytes"
                            .formatted(height, width, rgb.length));
        }
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

    /** The pixels themselves, {@code [height][width][3]} flattened; not a copy. */
    public byte[] rgb() {
        return rgb;
    }

    @Override
    public void copy(int y, int x, int pixels, byte[] into, int at) {
        System.arraycopy(rgb, (y * width + x) * CHANNELS, into, at, pixels * CHANNELS);
    }

    @Override
    public RgbImage image() {
        return this;
    }

    @Override
    public String toString() {
        return "RgbImage[" + height + " x " + width + "]";
    }
}
