package io.dmst.core.explain.picture;

import io.dmst.core.image.RgbImage;
import java.util.Arrays;

/**
 * A sheet of white paper. Places are pixels from the upper left corner, x before y; colours are
 * red, green and blue in the lower 24 bits; what lies outside is not drawn. Not thread-safe.
 */
final class Drawing {

    static final int INK = 0x1f2328;
    static final int PALE_INK = 0x59636e;
    static final int RULE = 0xd1d9e0;

    private final int width;
    private final int height;
    private final byte[] rgb;

    Drawing(int width, int height) {
        this.width = width;
        this.height = height;
        this.rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        Arrays.fill(rgb, (byte) 0xff);
    }

    /** What was drawn; nothing may be drawn afterwards. */
    RgbImage image() {
        return new RgbImage(height, width, rgb);
    }

    Drawing picture(RgbImage picture, int x, int y) {
        int rows = Math.min(picture.height(), height - y);
        int columns = Math.min(picture.width(), width - x);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    picture.rgb(),
                    row * picture.width() * 3,
                    rgb,
                    ((y + row) * width + x) * 3,
                    columns * 3);
        }
        return this;
    }

    Drawing box(int x, int y, int wide, int high, int colour) {
        for (int row = y; row < y + high; row++) {
            for (int column = x; column < x + wide; column++) {
                blend(column, row, colour, 1);
            }
        }
        return this;
    }

    /**
     * A line of text.
     *
     * @param y of the line's upper edge
     */
    Drawing text(String text, int x, int y, BitmapFont letters, int colour) {
        int left = x;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            int wide = letters.advance(character);
            for (int row = 0; row < letters.height(); row++) {
                for (int column = -BitmapFont.lean(); column < wide + BitmapFont.lean(); column++) {
                    int ink = letters.ink(character, row, column);
                    if (ink > 0) {
                        blend(left + column, y + row, colour, ink / 255.0);
                    }
                }
            }
            left += wide;
        }
        return this;
    }

    /** Text in its usual size, ending at a place. */
    Drawing textTo(String text, int right, int y, int colour) {
        return text(text, right - BitmapFont.TEXT.width(text), y, BitmapFont.TEXT, colour);
    }

    /** Text in its usual size, around a place. */
    Drawing textAround(String text, int centre, int y, int colour) {
        return text(text, centre - BitmapFont.TEXT.width(text) / 2, y, BitmapFont.TEXT, colour);
    }

    /** A straight line with smooth edges and round ends. */
    Drawing line(double x1, double y1, double x2, double y2, Pen pen) {
        double reach = pen.width() / 2 + 1;
        double dx = x2 - x1;
        double dy = y2 - y1;
        double square = Math.max(dx * dx + dy * dy, Double.MIN_NORMAL);
        for (int y = (int) (Math.min(y1, y2) - reach); y <= Math.max(y1, y2) + reach; y++) {
            for (int x = (int) (Math.min(x1, x2) - reach); x <= Math.max(x1, x2) + reach; x++) {
                double along = Math.clamp(((x - x1) * dx + (y - y1) * dy) / square, 0, 1);
                double distance = Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
                double cover = Math.clamp(pen.width() / 2 + 0.5 - distance, 0, 1);
                blend(x, y, pen.colour(), cover);
            }
        }
        return this;
    }

    /**
     * What a line is drawn with.
     *
     * @param width in pixels
     * @param colour of the line
     */
    record Pen(double width, int colour) {}

    private void blend(int x, int y, int colour, double cover) {
        if (cover <= 0 || x < 0 || x >= width || y < 0 || y >= height) {
            return;
        }
        int at = (y * width + x) * 3;
        for (int c = 0; c < 3; c++) {
            int from = rgb[at + c] & 0xff;
            int to = colour >> (16 - 8 * c) & 0xff;
            rgb[at + c] = (byte) Math.round(from + cover * (to - from));
        }
    }
}
