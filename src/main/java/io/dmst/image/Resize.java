package io.dmst.image;

import java.util.Arrays;

/**
 * Antialiased bicubic resampling, bit for bit as Pillow's {@code resize(size, BICUBIC, box)} up to
 * version 12 (13 takes the vertical pass first where the height shrinks while the width grows,
 * which never happens to a picture that keeps its aspect).
 *
 * <p>Each output pixel is a weighted mean of the source pixels under a cubic (a = −0.5) that is
 * widened by the scale when shrinking. Weights are normalised in double and rounded to 22-bit fixed
 * point; the horizontal pass comes first, to bytes, then the vertical. Source: {@code Resample.c}
 * of Pillow. Pure and thread-safe; takes about {@code 3 * width * box height} bytes on the way.
 */
public final class Resize {
    private static final double CUBIC_A = -0.5;
    private static final double CUBIC_SUPPORT = 2;
    private static final int FRACTION_BITS = 22;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

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

        static Box whole(Rows image) {
            return new Box(0, 0, image.width(), image.height());
        }
    }

    /** The whole picture at another size; the same object where the size is the same. */
    public static RgbImage bicubic(Rows image, int height, int width) {
        return bicubic(image, height, width, Box.whole(image));
    }

    /**
     * A part of the picture at another size.
     *
     * @throws IllegalArgumentException if the box leaves the picture or a side is not positive
     */
    public static RgbImage bicubic(Rows image, int height, int width, Box box) {
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
        int first = rows.from[0];
        int used = rows.from[height - 1] + rows.count[height - 1] - first;
        byte[] narrow = horizontal(image, first, used, columns);
        return new RgbImage(
                height, width, vertical(narrow, first, width * RgbImage.CHANNELS, rows));
    }

    private static byte[] horizontal(Rows image, int first, int used, Weights weights) {
        int width = weights.from.length;
        byte[] source = new byte[image.width() * RgbImage.CHANNELS];
        byte[] result = new byte[used * width * RgbImage.CHANNELS];
        int at = 0;
        for (int y = first; y < first + used; y++) {
            image.copy(y, source);
            for (int x = 0; x < width; x++) {
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                int from = weights.from[x] * RgbImage.CHANNELS;
                int weight = x * weights.stride;
                for (int end = weight + weights.count[x]; weight < end; weight++) {
                    int w = weights.fixed[weight];
                    red += (source[from] & 0xff) * w;
                    green += (source[from + 1] & 0xff) * w;
                    blue += (source[from + 2] & 0xff) * w;
                    from += RgbImage.CHANNELS;
                }
                result[at++] = clip(red);
                result[at++] = clip(green);
                result[at++] = clip(blue);
            }
        }
        return result;
    }

    private static byte[] vertical(byte[] source, int first, int line, Weights weights) {
        int height = weights.from.length;
        byte[] result = new byte[height * line];
        int[] sums = new int[line];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, HALF);
            for (int k = 0; k < weights.count[y]; k++) {
                int from = (weights.from[y] - first + k) * line;
                int w = weights.fixed[y * weights.stride + k];
                for (int x = 0; x < line; x++) {
                    sums[x] += (source[from + x] & 0xff) * w;
                }
            }
            for (int x = 0; x < line; x++) {
                result[y * line + x] = clip(sums[x]);
            }
        }
        return result;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
    }

    /**
     * For every output position: the first source position, how many, and their fixed-point
     * weights.
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    private record Weights(int[] from, int[] count, int[] fixed, int stride) {

        static Weights of(int size, float start, float end, int outputs) {
            double scale = (double) (end - start) / outputs;
            double widening = Math.max(scale, 1);
            double support = CUBIC_SUPPORT * widening;
            int stride = (int) Math.ceil(support) * 2 + 1;
            Weights weights =
                    new Weights(
                            new int[outputs], new int[outputs], new int[outputs * stride], stride);
            double[] exact = new double[stride];
            for (int out = 0; out < outputs; out++) {
                double centre = start + (out + 0.5) * scale;
                int from = Math.max((int) (centre - support + 0.5), 0);
                int count = Math.min((int) (centre + support + 0.5), size) - from;
                double sum = 0;
                for (int k = 0; k < count; k++) {
                    exact[k] = cubic((k + from - centre + 0.5) * (1 / widening));
                    sum += exact[k];
                }
                weights.from[out] = from;
                weights.count[out] = count;
                for (int k = 0; k < count; k++) {
                    double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << FRACTION_BITS);
                    weights.fixed[out * stride + k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
                }
            }
            return weights;
        }

        private static double cubic(double x) {
            double d = Math.abs(x);
            if (d < 1) {
                return ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1;
            }
            return d < 2 ? (((d - 5) * d + 8) * d - 4) * CUBIC_A : 0;
        }
    }
}
