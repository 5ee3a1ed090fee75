package io.dmst.core.image;

import java.util.Arrays;

/**
 * A white picture on which decoded rows are painted with their alpha.
 *
 * <p>{@code out = (value * alpha + 255 * (255 - alpha)) / 255}, rounded: Pillow's {@code
 * alpha_composite} on white.
 */
final class Canvas {
    private static final int OPAQUE = 255;

    private final int height;
    private final int width;
    private final byte[] rgb;

    Canvas(int height, int width) {
        this.height = height;
        this.width = width;
        this.rgb = new byte[height * width * RgbImage.CHANNELS];
        Arrays.fill(rgb, (byte) OPAQUE);
    }

    RgbImage image() {
        return new RgbImage(height, width, rgb);
    }

    /**
     * Paints one row of 8-bit samples.
     *
     * @param bands per pixel: 1 grey, 2 grey and alpha, 3 red, green and blue, 4 these and alpha
     */
    void samples(int y, int[] row, int bands, int pixels) {
        boolean grey = bands < 3;
        boolean alpha = bands == 2 || bands == 4;
        int at = y * width * RgbImage.CHANNELS;
        for (int i = 0; i < pixels; i++) {
            int from = i * bands;
            int a = alpha ? row[from + bands - 1] : OPAQUE;
            rgb[at++] = over(row[from], a);
            rgb[at++] = over(row[grey ? from : from + 1], a);
            rgb[at++] = over(row[grey ? from : from + 2], a);
        }
    }

    /** Paints one row of pixels packed as alpha, red, green, blue. */
    void packed(int y, int left, int[] row, int pixels) {
        int at = (y * width + left) * RgbImage.CHANNELS;
        for (int i = 0; i < pixels; i++) {
            int argb = row[i];
            int a = argb >>> 24;
            rgb[at++] = over(argb >> 16 & 0xff, a);
            rgb[at++] = over(argb >> 8 & 0xff, a);
            rgb[at++] = over(argb & 0xff, a);
        }
    }

    private static byte over(int value, int alpha) {
        return (byte)
                (alpha == OPAQUE
                        ? value
                        : (value * alpha + OPAQUE * (OPAQUE - alpha) + OPAQUE / 2) / OPAQUE);
    }
}
