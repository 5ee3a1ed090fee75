package io.dmst.core.explain;

/**
 * The tokens as they lie on the image, row after row from the upper left.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record Grid(int height, int width) {

    public Grid {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "expected at least one row and column, got %d x %d".formatted(height, width));
        }
    }

    /** N. */
    public int tokens() {
        return Math.multiplyExact(height, width);
    }

    /**
     * The token that covers a pixel of a picture of the whole grid.
     *
     * @param y row of the pixel, below {@code pictureHeight}
     * @param x column of the pixel, below {@code pictureWidth}
     */
    public int tokenAt(int y, int x, int pictureHeight, int pictureWidth) {
        return y * height / pictureHeight * width + x * width / pictureWidth;
    }
}
