package io.dmst.lab.train.augment;

import java.util.function.IntUnaryOperator;

/** Small operations on one interleaved RGB image of bytes. */
record AugmentedImage(int height, int width, byte[] rgb) {

    private static final int GREY = 128;

    int at(int row, int column, int channel) {
        return rgb[(row * width + column) * 3 + channel] & 0xff;
    }

    AugmentedImage flipped() {
        byte[] out = new byte[rgb.length];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int from = (row * width + column) * 3;
                int to = (row * width + width - 1 - column) * 3;
                System.arraycopy(rgb, from, out, to, 3);
            }
        }
        return new AugmentedImage(height, width, out);
    }

    /** Moved by whole pixels; what is missing at the borders is reflected. */
    AugmentedImage shifted(int down, int right) {
        byte[] out = new byte[rgb.length];
        for (int row = 0; row < height; row++) {
            int sourceRow = reflect(row - down, height);
            for (int column = 0; column < width; column++) {
                int from = (sourceRow * width + reflect(column - right, width)) * 3;
                System.arraycopy(rgb, from, out, (row * width + column) * 3, 3);
            }
        }
        return new AugmentedImage(height, width, out);
    }

    private static int reflect(int index, int length) {
        int i = index < 0 ? -index : index;
        return i >= length ? Math.max(0, 2 * length - 2 - i) : i;
    }

    /** Every channel value through a table of 256 entries per channel. */
    AugmentedImage mapped(int[][] tables) {
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) clamp(tables[i % 3][rgb[i] & 0xff]);
        }
        return new AugmentedImage(height, width, out);
    }

    /** Every channel value through one function. */
    AugmentedImage mapped(IntUnaryOperator map) {
        int[] table = new int[256];
        for (int value = 0; value < 256; value++) {
            table[value] = map.applyAsInt(value);
        }
        return mapped(new int[][] {table, table, table});
    }

    AugmentedImage brightened(double factor) {
        return mapped(value -> (int) Math.round(value * factor));
    }

    /** The distance of every value from the mean luma times a factor. */
    AugmentedImage contrasted(double factor) {
        long sum = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            sum += luma(i);
        }
        double mean = 3.0 * sum / rgb.length;
        return mapped(value -> (int) Math.round(mean + factor * (value - mean)));
    }

    /** The distance of every pixel from its grey times a factor. */
    AugmentedImage saturated(double factor) {
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i += 3) {
            int luma = luma(i);
            for (int j = i; j < i + 3; j++) {
                double value = luma + factor * ((rgb[j] & 0xff) - luma);
                // rounds, since what is negative becomes 0 either way
                out[j] = (byte) clamp((int) (value + 0.5));
            }
        }
        return new AugmentedImage(height, width, out);
    }

    /** ITU-R 601-2 luma of the pixel at an index, rounded, as Pillow's "L". */
    private int luma(int i) {
        return (19595 * (rgb[i] & 0xff)
                        + 38470 * (rgb[i + 1] & 0xff)
                        + 7471 * (rgb[i + 2] & 0xff)
                        + (1 << 15))
                >> 16;
    }

    /** {@code share · this + (1 − share) · other}; a share above 1 extrapolates. */
    AugmentedImage blended(AugmentedImage other, double share) {
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            double value = share * (rgb[i] & 0xff) + (1 - share) * (other.rgb[i] & 0xff);
            out[i] = (byte) clamp((int) Math.round(value));
        }
        return new AugmentedImage(height, width, out);
    }

    /** Mean of the 3×3 neighbourhood. */
    AugmentedImage smoothed() {
        byte[] out = new byte[rgb.length];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                for (int channel = 0; channel < 3; channel++) {
                    int sum = 0;
                    for (int k = 0; k < 9; k++) {
                        int r = reflect(row + k / 3 - 1, height);
                        sum += at(r, reflect(column + k % 3 - 1, width), channel);
                    }
                    out[(row * width + column) * 3 + channel] = (byte) (sum / 9);
                }
            }
        }
        return new AugmentedImage(height, width, out);
    }

    /**
     * Resampled (bilinear) through an affine map around the centre; outside is grey.
     *
     * @param map {@code {a, b, c, d, e, f}}: the pixel at (x, y) comes from (a x + b y + c, d x + e
     *     y + f), in pixels from the centre
     */
    AugmentedImage warped(double... map) {
        byte[] out = new byte[rgb.length];
        double cx = (width - 1) / 2.0;
        double cy = (height - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = map[0] * (column - cx) + map[1] * (row - cy) + map[2] + cx;
                double y = map[3] * (column - cx) + map[4] * (row - cy) + map[5] + cy;
                for (int channel = 0; channel < 3; channel++) {
                    int value = (int) Math.round(sampled(x, y, channel));
                    out[(row * width + column) * 3 + channel] = (byte) clamp(value);
                }
            }
        }
        return new AugmentedImage(height, width, out);
    }

    private double sampled(double x, double y, int channel) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double dx = x - left;
        double dy = y - top;
        return (1 - dy) * ((1 - dx) * or(top, left, channel) + dx * or(top, left + 1, channel))
                + dy
                        * ((1 - dx) * or(top + 1, left, channel)
                                + dx * or(top + 1, left + 1, channel));
    }

    private int or(int row, int column, int channel) {
        boolean inside = row >= 0 && row < height && column >= 0 && column < width;
        return inside ? at(row, column, channel) : GREY;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
