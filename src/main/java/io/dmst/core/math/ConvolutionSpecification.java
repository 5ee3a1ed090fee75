package io.dmst.core.math;

/**
 * A convolution of one image, padded with zeros.
 *
 * <pre>
 * y_o(r, c) = b_o + Σ_i Σ_u Σ_v W_o,i(u, v) x_i( s r + u − before, s c + v − before )
 * </pre>
 *
 * <p>Depthwise, channel o sees channel o alone. An image is a matrix of its channels, each row by
 * row. Immutable and thread-safe.
 *
 * @param weight of each channel of the result, input by input and row by row (out×in·k²; depthwise
 *     out×k²)
 * @param bias b (1×out)
 * @param window where it looks
 */
public record ConvolutionSpecification(Matrix weight, Matrix bias, Window window) {

    /**
     * Where a convolution looks.
     *
     * @param kernel side k in pixels
     * @param stride s in pixels
     * @param before zeros above and left of the image
     * @param after zeros below and right of the image
     * @param depthwise whether each channel has its own kernel and sees no other
     */
    public record Window(int kernel, int stride, int before, int after, boolean depthwise) {

        int side(int side) {
            return (side + before + after - kernel) / stride + 1;
        }
    }

    /**
     * An image.
     *
     * @param channels each row by row (C×height·width)
     * @param height pixels
     * @param width pixels
     */
    public record Image(Matrix channels, int height, int width) {

        private double at(int channel, int row, int column) {
            return row < 0 || row >= height || column < 0 || column >= width
                    ? 0
                    : channels.at(channel, row * width + column);
        }

        /** {@code min(max(x, 0), 6)} of every value. */
        public Image relu6() {
            return new Image(channels.map(x -> Math.min(Math.max(x, 0), 6)), height, width);
        }

        /** The sum with an image of the same shape. */
        public Image plus(Image other) {
            return new Image(channels.plus(other.channels), height, width);
        }
    }

    /** The convolved image. */
    public Image apply(Image x) {
        int height = window.side(x.height());
        int width = window.side(x.width());
        Matrix y =
                Matrix.generate(
                        weight.rows(),
                        height * width,
                        (o, place) -> value(x, o, place / width, place % width));
        return new Image(y, height, width);
    }

    private double value(Image x, int o, int row, int column) {
        int k = window.kernel();
        int inputs = weight.cols() / (k * k);
        double sum = bias.at(0, o);
        for (int i = 0; i < inputs; i++) {
            int channel = window.depthwise() ? o : i;
            for (int u = 0; u < k; u++) {
                for (int v = 0; v < k; v++) {
                    int r = row * window.stride() + u - window.before();
                    int c = column * window.stride() + v - window.before();
                    sum += weight.at(o, (i * k + u) * k + v) * x.at(channel, r, c);
                }
            }
        }
        return sum;
    }
}
