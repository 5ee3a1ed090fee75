package io.dmst.image;

/**
 * The rows of an upright picture, top to bottom, each {@code width} pixels of three unsigned bytes
 * red, green, blue. Those that {@link ImageDecoder#show} shows are there for as long as it shows
 * them; they are for one thread.
 */
public sealed interface Rows permits RgbImage, DecodedRows {

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

    /** All of them as a picture that stays; not a copy where they are one already. */
    RgbImage image();
}
