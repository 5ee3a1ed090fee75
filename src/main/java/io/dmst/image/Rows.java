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
     * Copies a row.
     *
     * @param y from 0 to {@code height - 1}
     * @param into holds at least {@code 3 * width} bytes
     */
    void copy(int y, byte[] into);

    /** All of them as a picture that stays; not a copy where they are one already. */
    RgbImage image();
}
