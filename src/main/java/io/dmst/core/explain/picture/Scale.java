package io.dmst.core.explain.picture;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * The values that the ends of the palette stand for; 0 is the lower one.
 *
 * @param most upper end, positive
 */
record Scale(double most) {

    Scale {
        if (!(most > 0)) {
            throw new IllegalArgumentException("expected a positive end, got " + most);
        }
    }

    /** Up to the largest value of all maps, or to 1 where there is nothing but zeros. */
    static Scale of(Stream<float[]> maps) {
        double most =
                maps.mapToDouble(
                                map -> {
                                    double largest = 0;
                                    for (float value : map) {
                                        largest = Math.max(largest, value);
                                    }
                                    return largest;
                                })
                        .max()
                        .orElse(0);
        return new Scale(most > 0 ? most : 1);
    }

    int colour(double value) {
        return Palette.colour(value / most);
    }

    /** The value of a colour, within 1/255 of the range. */
    double value(int rgb) {
        return most * Palette.share(rgb);
    }

    String upperEnd() {
        return String.format(Locale.ROOT, most < 0.1 ? "%.3f" : "%.2f", most);
    }
}
