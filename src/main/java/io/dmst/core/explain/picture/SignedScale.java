package io.dmst.core.explain.picture;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * Colours of values of either sign: white for 0, towards blue below it and towards red above.
 *
 * <p>A colour mixes white and the end of its side by the value's share of the range, so that it
 * leads back to its value within 1/200 of the range. The ends are told apart by colour-blind
 * people: those of ColorBrewer's RdBu.
 *
 * @param most upper end, positive; the lower one is {@code −most}
 */
public record SignedScale(double most) {

    public static final int NEGATIVE = 0x2166ac;
    public static final int POSITIVE = 0xb2182b;

    public SignedScale {
        if (!(most > 0)) {
            throw new IllegalArgumentException("expected a positive end, got " + most);
        }
    }

    /** Up to the largest magnitude of all maps, or to 1 where there is nothing but zeros. */
    public static SignedScale of(Stream<float[]> maps) {
        double[] most = {0};
        maps.forEach(map -> {
            for (float value : map) {
                most[0] = Math.max(most[0], Math.abs(value));
            }
        });
        return new SignedScale(most[0] > 0 ? most[0] : 1);
    }

    /** Red, green and blue in the lower 24 bits. */
    public int colour(double value) {
        double share = Math.clamp(value / most, -1, 1);
        int end = share < 0 ? NEGATIVE : POSITIVE;
        int colour = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int channel = end >> shift & 0xff;
            colour |= (int) Math.round(255 - Math.abs(share) * (255 - channel)) << shift;
        }
        return colour;
    }

    /** The value of a colour. */
    public double value(int rgb) {
        int red = rgb >> 16 & 0xff;
        int blue = rgb & 0xff;
        // on either side the channel of the other end spans most of the range
        return red < blue
                ? -most * (255 - red) / (255 - (NEGATIVE >> 16 & 0xff))
                : most * (255 - (rgb >> 8 & 0xff)) / (255 - (POSITIVE >> 8 & 0xff));
    }

    String upperEnd() {
        return String.format(Locale.ROOT, most < 0.1 ? "%+.3f" : "%+.2f", most);
    }

    String lowerEnd() {
        return upperEnd().replace('+', '–');
    }
}
