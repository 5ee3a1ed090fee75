package io.dmst.lab.study;

import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;

/** A way of spoiling the pixels that a network sees: RGB, row-major, one byte a channel. */
public sealed interface Corruption {

    /** Leaves them as they are. */
    Corruption NONE = new None();

    /**
     * What the pixels are of, and where chance comes from. For one thread.
     *
     * @param height of the image
     * @param width of the image
     * @param random its state goes on from image to image
     */
    record Canvas(int height, int width, Random random) {

        /** With chance from a seed. */
        public Canvas(int height, int width, long seed) {
            this(height, width, new Random(seed));
        }
    }

    /** Name for tables. */
    String title();

    /** Spoilt pixels; those given stay. */
    byte[] of(byte[] pixels, Canvas canvas);

    /** No corruption. */
    record None() implements Corruption {

        @Override
        public String title() {
            return "as it is";
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            return pixels;
        }
    }

    /**
     * Gaussian noise on every channel.
     *
     * @param sigma standard deviation in levels of 0 to 255
     */
    record Noise(double sigma) implements Corruption {

        @Override
        public String title() {
            return number("Gaussian noise, σ = %s", sigma);
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            return mapped(pixels, level -> level + sigma * canvas.random().nextGaussian());
        }
    }

    /**
     * Gaussian blur, mirrored at the edges.
     *
     * @param sigma standard deviation in pixels that the network sees
     */
    record Blur(double sigma) implements Corruption {

        private static final int REACH = 3;

        @Override
        public String title() {
            return number("blur, σ = %s pixels", sigma);
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            int width = canvas.width();
            int height = canvas.height();
            double[] image = new double[pixels.length];
            for (int i = 0; i < image.length; i++) {
                image[i] = pixels[i] & 0xff;
            }
            double[] across = along(image, 3, width, i -> i / 3 % width);
            double[] down = along(across, 3 * width, height, i -> i / (3 * width));
            byte[] spoilt = new byte[pixels.length];
            for (int i = 0; i < spoilt.length; i++) {
                spoilt[i] = level(down[i]);
            }
            return spoilt;
        }

        /** Blurs along an axis of a length, on which neighbours lie a stride apart. */
        private double[] along(double[] image, int stride, int length, IntUnaryOperator place) {
            int reach = (int) Math.ceil(REACH * sigma);
            double[] blurred = new double[image.length];
            for (int i = 0; i < image.length; i++) {
                int at = place.applyAsInt(i);
                double weights = 0;
                for (int step = -reach; step <= reach; step++) {
                    double weight = Math.exp(-step * step / (2 * sigma * sigma));
                    int other = mirrored(at + step, length);
                    blurred[i] += weight * image[i + (other - at) * stride];
                    weights += weight;
                }
                blurred[i] /= weights;
            }
            return blurred;
        }

        private static int mirrored(int place, int length) {
            int turn = Math.floorMod(place, 2 * length);
            return turn < length ? turn : 2 * length - 1 - turn;
        }
    }

    /**
     * Every level times a factor.
     *
     * @param factor below 1 to darken, above to brighten
     */
    record Brightness(double factor) implements Corruption {

        @Override
        public String title() {
            return number("brightness × %s", factor);
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            return mapped(pixels, level -> factor * level);
        }
    }

    /** The negative. */
    record Inverted() implements Corruption {

        @Override
        public String title() {
            return "inverted colours";
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            return mapped(pixels, level -> 255 - level);
        }
    }

    /** One colour alone, by chance; nothing is left of the image. */
    record Blank() implements Corruption {

        @Override
        public String title() {
            return "blank, any colour";
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            byte[] colour = new byte[3];
            canvas.random().nextBytes(colour);
            byte[] spoilt = new byte[pixels.length];
            for (int i = 0; i < spoilt.length; i++) {
                spoilt[i] = colour[i % 3];
            }
            return spoilt;
        }
    }

    /** Uniform noise alone; nothing is left of the image. */
    record Static() implements Corruption {

        @Override
        public String title() {
            return "noise alone, uniform";
        }

        @Override
        public byte[] of(byte[] pixels, Canvas canvas) {
            byte[] spoilt = new byte[pixels.length];
            canvas.random().nextBytes(spoilt);
            return spoilt;
        }
    }

    private static String number(String form, double value) {
        String text = value == Math.rint(value) ? "%.0f" : "%s";
        return form.formatted(String.format(Locale.ROOT, text, value));
    }

    private static byte[] mapped(byte[] pixels, DoubleUnaryOperator change) {
        byte[] spoilt = new byte[pixels.length];
        for (int i = 0; i < spoilt.length; i++) {
            spoilt[i] = level(change.applyAsDouble(pixels[i] & 0xff));
        }
        return spoilt;
    }

    private static byte level(double value) {
        return (byte) Math.clamp(Math.round(value), 0, 255);
    }
}
