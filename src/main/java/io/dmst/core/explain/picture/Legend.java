package io.dmst.core.explain.picture;

import java.util.Locale;

/** The keys to the colours of a picture. */
final class Legend {

    private static final int BAR = 16;

    private Legend() {}

    /** Height of a bar with its numbers. */
    static int height() {
        return BAR + BitmapFont.TEXT.height() + 6;
    }

    /**
     * The palette with its ends.
     *
     * @param uniform a value to mark, at which no group is preferred; none if not positive
     */
    static void bar(Drawing drawing, int x, int y, int width, Bar bar) {
        for (int column = 0; column < width; column++) {
            drawing.box(x + column, y, 1, BAR, Palette.colour((double) column / (width - 1)));
        }
        int numbers = y + BAR + 4;
        String end = bar.scale().upperEnd();
        drawing.text("0", x, numbers, BitmapFont.TEXT, Drawing.PALE_INK);
        drawing.textTo(end, x + width, numbers, Drawing.PALE_INK);
        double share = bar.uniform() / bar.scale().most();
        int mark = x + (int) Math.round(share * (width - 1));
        String text = String.format(Locale.ROOT, "%s (%.2f)", bar.mark(), bar.uniform());
        int reach = BitmapFont.TEXT.width(text) / 2;
        boolean fits =
                mark - reach > x + 16 && mark + reach < x + width - BitmapFont.TEXT.width(end) - 8;
        if (bar.uniform() > 0 && fits) {
            drawing.box(mark, y, 2, BAR + 4, 0xffffff).box(mark, y + BAR, 2, 4, Drawing.PALE_INK);
            drawing.textAround(text, mark, numbers, Drawing.PALE_INK);
        }
    }

    /** The colours of values of either sign with their ends. */
    static void signed(Drawing drawing, int x, int y, int width, SignedScale scale) {
        for (int column = 0; column < width; column++) {
            double share = 2.0 * column / (width - 1) - 1;
            drawing.box(x + column, y, 1, BAR, scale.colour(share * scale.most()));
        }
        int numbers = y + BAR + 4;
        drawing.text(scale.lowerEnd(), x, numbers, BitmapFont.TEXT, Drawing.PALE_INK);
        drawing.textAround("0", x + width / 2, numbers, Drawing.PALE_INK);
        drawing.textTo(scale.upperEnd(), x + width, numbers, Drawing.PALE_INK);
    }

    /**
     * What a bar says.
     *
     * @param scale of the values
     * @param uniform a value to mark if it is positive and there is room
     * @param mark its name
     */
    record Bar(Scale scale, double uniform, String mark) {

        static Bar plain(Scale scale) {
            return new Bar(scale, 0, "");
        }

        static Bar membership(Scale scale, int groups) {
            return new Bar(scale, 1.0 / groups, "no preference");
        }
    }

    /** A group's colour and number, around a place. */
    static void group(Drawing drawing, int group, int centre, int y) {
        String text = "group " + group;
        int side = BitmapFont.TEXT.height() - 6;
        int left = centre - (side + 7 + BitmapFont.TEXT.width(text)) / 2;
        drawing.box(left, y + 3, side, side, GroupColours.of(group));
        drawing.text(text, left + side + 7, y, BitmapFont.TEXT, Drawing.INK);
    }
}
