package io.dmst.core.image;

/**
 * The rows of an upright picture, top to bottom, each {@code width} pixels of three unsigned bytes
 * red, green, blue. The rows that {@link ImageDecoder#show} passes to a viewer are valid until the
 * viewer returns and are confined to one thread.
 */
public sealed interface PixelRows permits RgbImage, DecodedRows {

    /** In pixels. */
    int height();

    /** In pixels. */
    int width();

    /**
     * Copies a part of a row.
     *
     * @param y from 0 to {@code height - 1}
     * @param x of the first pixel
     * @param pixels how many
     * @param into receives {@code 3 * pixels} bytes
     * @param at where they begin
     */
    void copy(int y, int x, int pixels, byte[] into, int at);

    /** All rows as a picture on the heap; an {@link RgbImage} returns itself. */
    RgbImage image();
}
