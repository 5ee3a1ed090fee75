package io.dmst.core.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Resamples some rows of a picture at a time to another width. It adds columns of the height of the
 * strip, since the neighbours within a row belong to different outputs. Not thread-safe.
 */
final class Strip {

    /** Longer columns spend less on the beginnings and ends of loops, and take more memory. */
    static final int ROWS = 128;

    /** Of the copy that columns are taken from, which is to fit into the nearest cache. */
    private static final int COLUMNS = 128;

    /** A line of the copy, with room for the fourth byte of its last pixel's {@code int}. */
    private static final int LINE = COLUMNS * RgbImage.CHANNELS + 1;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final PixelRows image;
    private final Weights weights;
    private final byte[] copy;
    private final int[] pixels;
    private final Column column;
    private final Column next;
    private final WeightedSums red;
    private final WeightedSums green;
    private final WeightedSums blue;

    /** Samples of a column, by channel. */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    private record Column(int[] red, int[] green, int[] blue) {

        static Column of(int rows) {
            return new Column(new int[rows], new int[rows], new int[rows]);
        }

        void set(int[] pixels, int rows) {
            for (int i = 0; i < rows; i++) {
                int pixel = pixels[i];
                red[i] = pixel & 0xff;
                green[i] = pixel >> 8 & 0xff;
                blue[i] = pixel >> 16 & 0xff;
            }
        }
    }

    /**
     * @param weights of the columns
     * @param rows at most, up to {@link #ROWS}
     */
    Strip(PixelRows image, Weights weights, int rows) {
        this.image = image;
        this.weights = weights;
        this.copy = new byte[rows * LINE];
        this.pixels = new int[rows];
        this.column = Column.of(rows);
        this.next = Column.of(rows);
        this.red = new WeightedSums(weights, rows);
        this.green = new WeightedSums(weights, rows);
        this.blue = new WeightedSums(weights, rows);
    }

    /** Resamples some rows, in place of those before. */
    void resample(int top, int rows) {
        red.clear();
        green.clear();
        blue.clear();
        for (int left = weights.first(); left < weights.last(); left += COLUMNS) {
            int columns = Math.min(COLUMNS, weights.last() - left);
            for (int row = 0; row < rows; row++) {
                image.copy(top + row, left, columns, copy, row * LINE);
            }
            for (int x = 0; x < columns; x += 2) {
                take(x, rows, column);
                // the last one of an odd number has a neighbour that weighs nothing
                take(Math.min(x + 1, columns - 1), rows, next);
                red.add(left + x, column.red, next.red, rows);
                green.add(left + x, column.green, next.green, rows);
                blue.add(left + x, column.blue, next.blue, rows);
            }
        }
    }

    private void take(int x, int rows, Column into) {
        int at = x * RgbImage.CHANNELS;
        for (int row = 0; row < rows; row++) {
            pixels[row] = (int) INT.get(copy, row * LINE + at);
        }
        into.set(pixels, rows);
    }

    /**
     * Reads a row that was resampled.
     *
     * @param row counted from the strip's first
     * @param into as many interleaved samples as there are outputs, three for each
     */
    void row(int row, int[] into) {
        int at = 0;
        for (int x = 0; x < weights.outputs(); x++) {
            into[at++] = red.sample(x, row);
            into[at++] = green.sample(x, row);
            into[at++] = blue.sample(x, row);
        }
    }
}
