package io.dmst.core.image;

/**
 * Antialiased bicubic resampling, bit for bit as Pillow's {@code resize(size, BICUBIC, box)} up to
 * version 12 (13 takes the vertical pass first where the height shrinks while the width grows,
 * which never happens to a picture that keeps its aspect).
 *
 * <p>Each output pixel is a weighted mean of the source pixels under a cubic (a = −0.5) that is
 * widened by the scale when shrinking. Weights are normalised in double and rounded to 22-bit fixed
 * point; the horizontal pass comes first, to bytes, then the vertical. Source: {@code Resample.c}
 * of Pillow. Pure and thread-safe.
 */
public final class Resize {
    private Resize() {}

    /**
     * The part of a picture that is resampled, in pixels with fractions, edges from the upper left
     * corner; single precision, as in Pillow.
     */
    public record Box(float left, float top, float right, float bottom) {
        public Box {
            if (!(left >= 0 && top >= 0 && right > left && bottom > top)) {
                throw new IllegalArgumentException(
                        "expected 0 <= left < right and 0 <= top < bottom, got %s, %s, %s, %s"
                                .formatted(left, top, right, bottom));
            }
        }

        static Box whole(PixelRows image) {
            return new Box(0, 0, image.width(), image.height());
        }
    }

    /** The whole picture at another size; the same object where the size is the same. */
    public static RgbImage bicubic(PixelRows image, int height, int width) {
        return bicubic(image, height, width, Box.whole(image));
    }

    /**
     * A part of the picture at another size.
     *
     * @throws IllegalArgumentException if the box leaves the picture or a side is not positive
     */
    public static RgbImage bicubic(PixelRows image, int height, int width, Box box) {
        if (height < 1
                || width < 1
                || box.right() > image.width()
                || box.bottom() > image.height()) {
            throw new IllegalArgumentException(
                    "expected positive sides and a box inside %s, got %d x %d and %s"
                            .formatted(image, height, width, box));
        }
        if (height == image.height() && width == image.width() && box.equals(Box.whole(image))) {
            return image.image();
        }
        Weights columns = Weights.of(image.width(), box.left(), box.right(), width);
        Weights rows = Weights.of(image.height(), box.top(), box.bottom(), height);
        return new RgbImage(height, width, bytes(sums(image, columns, rows), height, width));
    }

    private static WeightedSums sums(PixelRows image, Weights columns, Weights rows) {
        int line = columns.outputs() * RgbImage.CHANNELS;
        WeightedSums sums = new WeightedSums(rows, line);
        int highest = Math.min(Strip.ROWS, rows.last() - rows.first());
        Strip strip = new Strip(image, columns, highest);
        int[] upper = new int[line];
        int[] lower = new int[line];
        for (int top = rows.first(); top < rows.last(); top += Strip.ROWS) {
            int high = Math.min(Strip.ROWS, rows.last() - top);
            strip.resample(top, high);
            for (int row = 0; row < high; row += 2) {
                strip.row(row, upper);
                // the last one of an odd number has a neighbour that weighs nothing
                strip.row(Math.min(row + 1, high - 1), lower);
                sums.add(top + row, upper, lower, line);
            }
        }
        return sums;
    }

    private static byte[] bytes(WeightedSums sums, int height, int width) {
        byte[] result = new byte[height * width * RgbImage.CHANNELS];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width * RgbImage.CHANNELS; x++) {
                result[at++] = (byte) sums.sample(y, x);
            }
        }
        return result;
    }
}
