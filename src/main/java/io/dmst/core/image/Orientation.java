package io.dmst.core.image;

/**
 * How the stored picture must be turned to stand upright: the eight values of EXIF tag 0x0112, in
 * its order.
 *
 * <p>With {@code transposed} the axes change places; then stored rows and columns are counted from
 * the other end where flipped.
 */
enum Orientation {
    NORMAL(false, false, false),
    MIRRORED(false, false, true),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, true, false),
    TRANSPOSED(true, false, false),
    QUARTER_RIGHT(true, true, false),
    TRANSVERSE(true, true, true),
    QUARTER_LEFT(true, false, true);

    private final boolean transposed;
    private final boolean flipRows;
    private final boolean flipColumns;

    Orientation(boolean transposed, boolean flipRows, boolean flipColumns) {
        this.transposed = transposed;
        this.flipRows = flipRows;
        this.flipColumns = flipColumns;
    }

    /** Of the tag's value; what is out of range counts as upright, as everywhere. */
    static Orientation ofExif(long value) {
        return value >= 1 && value <= 8 ? values()[(int) value - 1] : NORMAL;
    }

    /** The upright picture; the same object where nothing is to be done. */
    PixelRows upright(PixelRows stored) {
        if (this == NORMAL) {
            return stored;
        }
        int rows = stored.height();
        int columns = stored.width();
        int height = transposed ? columns : rows;
        int width = transposed ? rows : columns;
        byte[] from = stored.image().rgb();
        byte[] to = new byte[from.length];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = transposed ? x : y;
                int column = transposed ? y : x;
                int source =
                        (flipRows ? rows - 1 - row : row) * columns
                                + (flipColumns ? columns - 1 - column : column);
                to[at++] = from[source * 3];
                to[at++] = from[source * 3 + 1];
                to[at++] = from[source * 3 + 2];
            }
        }
        return new RgbImage(height, width, to);
    }
}
