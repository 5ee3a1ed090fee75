package io.dmst.core.explain.picture;

import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * BitmapFont that were drawn beforehand: pictures are the same on every machine, and none needs an
 * installed font. A character that was not drawn shows as a question mark.
 */
enum BitmapFont {
    /** For everything but headings. */
    TEXT("letters"),
    /** For headings. */
    TITLE("letters-title");

    /** Empty columns on either side of a letter in the strip, for what leans out of its width. */
    private static final int PADDING = 2;

    private final String characters;
    private final int[] widths;
    private final int[] starts;
    private final RgbImage strip;

    BitmapFont(String resource) {
        String[] lines =
                new String(read(resource + ".txt"), StandardCharsets.UTF_8).split("\n", -1);
        characters = lines[0];
        widths = Arrays.stream(lines[1].split(" ")).mapToInt(Integer::parseInt).toArray();
        starts = new int[widths.length];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + widths[i - 1] + 2 * PADDING;
        }
        strip =
                switch (new ImageDecoder().decode(read(resource + ".png"))) {
                    case Decoded.Picture picture -> picture.image();
                    case Decoded.Refused refused ->
                            throw new IllegalStateException(refused.detail());
                };
    }

    private static byte[] read(String resource) {
        try (InputStream in = BitmapFont.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Height of a line in pixels. */
    int height() {
        return strip.height();
    }

    /** Width of a line of text in pixels. */
    int width(String text) {
        return text.chars().map(character -> widths[place(character)]).sum();
    }

    /**
     * How much ink a letter has at a place.
     *
     * @param x from the letter's left edge; may lean out by two
     * @return 0 to 255
     */
    int ink(int character, int y, int x) {
        int column = starts[place(character)] + PADDING + x;
        return strip.rgb()[(y * strip.width() + column) * 3] & 0xff;
    }

    /** Columns of a letter that may have ink: from minus this to its width plus this. */
    static int lean() {
        return PADDING;
    }

    int advance(int character) {
        return widths[place(character)];
    }

    private int place(int character) {
        int place = characters.indexOf(character);
        return place >= 0 ? place : characters.indexOf('?');
    }
}
