package io.dmst.core.explain.picture;

import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Explanation.Groups;
import io.dmst.core.image.RgbImage;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * PictureRenderer of one explanation, over the photograph at its own resolution: a token is a block
 * of the grid, whatever the number of pixels that the network gets.
 *
 * <p>The same explanation, photograph and caption give the same pixels on every machine.
 *
 * @param explanation to show
 * @param seen the part of the photograph that the network sees, at any size ({@link
 *     io.dmst.core.image.Preprocessor#view})
 * @param caption of every picture
 */
public record PictureRenderer(Explanation explanation, RgbImage seen, Caption caption) {

    /** Opacity of the colours over the photograph where both are to be seen. */
    public static final double OVER_PHOTOGRAPH = 0.6;

    /** Longer side of the photograph, in pixels, that makes pictures of full quality. */
    public static final int SIDE = 384;

    private static final int MARGIN = 24;
    private static final int GAP = 12;
    private static final int LINE = 22;

    /**
     * All layers and groups.
     *
     * @param opacity of the colours from 0 to 1: {@link #OVER_PHOTOGRAPH} to look at, 1 for maps
     *     whose colours lead back to the values
     */
    public RgbImage sheet(double opacity) {
        return new ContactSheet(explanation, seen, caption, opacity).draw();
    }

    /**
     * The membership of one group in one layer, large, beside the photograph.
     *
     * @throws IllegalArgumentException if the explanation does not have it
     */
    public RgbImage overlay(int layer, int group) {
        float[] map = groups(layer).membership()[explanation.place(group)];
        Scale scale = Scale.of(Stream.of(map));
        Drawing drawing = page("Membership of group %d in layer %d".formatted(group, layer), 2);
        RgbImage over = new Tiles(seen, explanation.grid(), OVER_PHOTOGRAPH).values(map, scale);
        int y = top();
        drawing.picture(seen, MARGIN, y).picture(over, MARGIN + seen.width() + GAP, y);
        y += seen.height() + 8;
        pale(drawing, "the part of the image that the network sees", MARGIN, y);
        Legend.bar(
                drawing,
                MARGIN + seen.width() + GAP,
                y + 2,
                seen.width(),
                Legend.Bar.membership(scale, explanation.groups()));
        return drawing.image();
    }

    /**
     * The group of the largest membership of every token, a picture per layer.
     *
     * @throws IllegalArgumentException if the model has no memberships
     */
    public RgbImage segments() {
        int layers = explanation.layers().size();
        Drawing drawing = page("Strongest group of every token", layers);
        Tiles tiles = new Tiles(seen, explanation.grid(), OVER_PHOTOGRAPH);
        int x = MARGIN;
        for (Explanation.Layer layer : explanation.layers()) {
            int[] strongest = groups(layer.layer()).strongest();
            drawing.picture(tiles.colours(token -> GroupColours.of(strongest[token])), x, top());
            String name = "layer " + layer.layer();
            drawing.textAround(name, x + seen.width() / 2, top() + seen.height() + 5, Drawing.INK);
            x += seen.width() + GAP;
        }
        int y = top() + seen.height() + LINE + 12;
        for (int group = 0; group < explanation.groups(); group++) {
            Legend.group(drawing, group, MARGIN + 44 + 110 * group, y);
        }
        return drawing.image();
    }

    /**
     * What each token adds to the score of one class, large, beside the photograph.
     *
     * @throws IllegalArgumentException if the model's head is not the membership head
     */
    public RgbImage contribution() {
        Explanation.Contribution split =
                explanation
                        .contribution()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "class attention has no contributions to show"));
        SignedScale scale = SignedScale.of(Stream.of(split.map()));
        Drawing drawing = page("Contributions to the score of " + split.label(), 2);
        int right = MARGIN + seen.width() + GAP;
        Tiles tiles = new Tiles(seen, explanation.grid(), OVER_PHOTOGRAPH);
        drawing.picture(seen, MARGIN, top())
                .picture(tiles.values(split.map(), scale), right, top());
        int y = top() + seen.height() + 8;
        pale(drawing, sum(split), MARGIN, y);
        Legend.signed(drawing, right, y + 2, seen.width(), scale);
        return drawing.image();
    }

    /** How a score comes from its parts, in one line. */
    static String sum(Explanation.Contribution split) {
        return String.format(
                Locale.ROOT,
                "logit %.2f = tokens %+.2f, bias %+.2f",
                split.logit(),
                split.logit() - split.bias(),
                split.bias());
    }

    /** Coding rates over the layers. */
    public RgbImage rates() {
        return new RatePlot(explanation, caption).draw();
    }

    private Groups groups(int layer) {
        return explanation
                .layer(layer)
                .groups()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "softmax attention has no memberships to show"));
    }

    private static int top() {
        return MARGIN + BitmapFont.TITLE.height() + LINE + 16;
    }

    private Drawing page(String title, int columns) {
        int least =
                2 * MARGIN
                        + Math.max(
                                BitmapFont.TEXT.width(caption.line()),
                                BitmapFont.TITLE.width(title));
        int keys = 2 * MARGIN + 110 * explanation.groups();
        int width = 2 * MARGIN + columns * (seen.width() + GAP) - GAP;
        Drawing drawing =
                new Drawing(
                        Math.max(width, Math.max(least, keys)),
                        top() + seen.height() + 2 * LINE + 12 + MARGIN);
        drawing.text(title, MARGIN, MARGIN, BitmapFont.TITLE, Drawing.INK);
        pale(drawing, caption.line(), MARGIN, MARGIN + BitmapFont.TITLE.height() + 4);
        return drawing;
    }

    private static void pale(Drawing drawing, String text, int x, int y) {
        drawing.text(text, x, y, BitmapFont.TEXT, Drawing.PALE_INK);
    }

    /** One scale for all membership maps of an explanation. */
    static Scale membershipScale(Explanation explanation) {
        return Scale.of(
                explanation.layers().stream()
                        .flatMap(layer -> layer.groups().stream())
                        .flatMap(groups -> Stream.of(groups.membership())));
    }
}
