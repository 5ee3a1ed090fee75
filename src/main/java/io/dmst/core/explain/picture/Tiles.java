package io.dmst.core.explain.picture;

import io.dmst.core.explain.Grid;
import io.dmst.core.image.RgbImage;
import java.util.function.IntUnaryOperator;

/**
 * Tokens as blocks of colour over the photograph that they were made of.
 *
 * <p>A pixel is {@code opacity · colour + (1 − opacity) · grey}, grey being the photograph's
 * brightness there: at an opacity of 1 it is the colour of the token and leads back to its value.
 *
 * @param photograph the part of it that the network saw, at the size of the picture
 * @param grid of the tokens
 * @param opacity of the colours, from 0 to 1
 */
record Tiles(RgbImage photograph, Grid grid, double opacity) {

    Tiles {
        if (!(opacity >= 0 && opacity <= 1)) {
            throw new IllegalArgumentException("opacity must be from 0 to 1, not " + opacity);
        }
    }

    /**
     * A picture of values.
     *
     * @param map {@code [N]}
     */
    RgbImage values(float[] map, Scale scale) {
        return colours(token -> scale.colour(map[token]));
    }

    /**
     * A picture of values of either sign.
     *
     * @param map {@code [N]}
     */
    RgbImage values(float[] map, SignedScale scale) {
        return colours(token -> scale.colour(map[token]));
    }

    /**
     * A picture of colours.
     *
     * @param colour of a token
     */
    RgbImage colours(IntUnaryOperator colour) {
        int height = photograph.height();
        int width = photograph.width();
        byte[] source = photograph.rgb();
        byte[] result = new byte[source.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                int rgb = colour.applyAsInt(grid.tokenAt(y, x, height, width));
                double grey = (1 - opacity) * brightness(source, at);
                for (int c = 0; c < 3; c++) {
                    int own = rgb >> (16 - 8 * c) & 0xff;
                    result[at + c] = (byte) Math.round(opacity * own + grey);
                }
            }
        }
        return new RgbImage(height, width, result);
    }

    /** Rec. 601, from 0 to 255. */
    private static double brightness(byte[] rgb, int at) {
        return 0.299 * (rgb[at] & 0xff)
                + 0.587 * (rgb[at + 1] & 0xff)
                + 0.114 * (rgb[at + 2] & 0xff);
    }
}
