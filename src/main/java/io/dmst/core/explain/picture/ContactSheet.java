package io.dmst.core.explain.picture;

import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Grid;
import io.dmst.core.image.Resize;
import io.dmst.core.image.RgbImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * All maps of an explanation: the photograph at the left, below it what each token adds to a
 * class's score, or the class attention; then a row per layer with the strongest group of every
 * token and the membership of every group, and a row of what each group adds to the score.
 */
final class ContactSheet {

    private static final int MARGIN = 24;
    private static final int GAP = 8;
    private static final int LINE = 22;
    private static final int LABELS = 128;
    private static final int VIEW = 296;
    private static final int ROOM = 960;
    private static final int SMALLEST = 96;
    private static final int LARGEST = 176;

    private final Explanation explanation;
    private final Caption caption;
    private final double opacity;
    private final RgbImage view;
    private final RgbImage small;
    private final int strongest;
    private final int top = MARGIN + BitmapFont.TITLE.height() + 2 * LINE + 20;

    ContactSheet(Explanation explanation, RgbImage seen, Caption caption, double opacity) {
        this.explanation = explanation;
        this.caption = caption;
        this.opacity = opacity;
        this.view = scaled(seen, VIEW);
        // groups that are left out have no heading that would name their colour
        this.strongest = explanation.shownGroups().size() == explanation.groups() ? 1 : 0;
        int columns = strongest + explanation.shownGroups().size();
        this.small = scaled(seen, Math.clamp(ROOM / columns - GAP, SMALLEST, LARGEST));
    }

    private static RgbImage scaled(RgbImage seen, int longerSide) {
        double scale = (double) longerSide / Math.max(seen.height(), seen.width());
        return Resize.bicubic(
                seen,
                Math.max(1, (int) Math.round(scale * seen.height())),
                Math.max(1, (int) Math.round(scale * seen.width())));
    }

    RgbImage draw() {
        boolean members = hasMemberships();
        int left = MARGIN + Math.max(view.width(), VIEW);
        int columns = strongest + shown().size();
        int right = members ? 3 * GAP + LABELS + columns * (small.width() + GAP) - GAP : 0;
        int text =
                Math.max(
                        BitmapFont.TEXT.width(caption.line()),
                        BitmapFont.TEXT.width(note(members)));
        int more = explanation.contribution().isPresent() ? 1 : 0;
        int rows = (explanation.layers().size() + more) * (small.height() + GAP) - GAP;
        int grid = members ? LINE + 6 + rows + 20 + Legend.height() : 0;
        int side = 2 * (view.height() + LINE) + 34 + Legend.height() + (members ? 3 * LINE : 0);
        Drawing drawing =
                new Drawing(
                        Math.max(left + right, MARGIN + text) + MARGIN,
                        top + Math.max(grid, side) + MARGIN);
        heading(drawing, members);
        photograph(drawing);
        if (members) {
            rows(drawing, left + 3 * GAP + LABELS);
        }
        return drawing.image();
    }

    private static String note(boolean members) {
        return members
                ? "How much of each token a group takes: one scale for all maps, a token's shares sum"
                        + " to 1, no class has a part in them."
                : "Softmax attention has no groups; what it has is the class token's attention.";
    }

    private boolean hasMemberships() {
        return explanation.layers().stream().anyMatch(layer -> layer.groups().isPresent());
    }

    private List<Integer> shown() {
        return explanation.shownGroups();
    }

    private void heading(Drawing drawing, boolean members) {
        String title = members ? "Which group takes which token" : "What the class token looks at";
        drawing.text(title, MARGIN, MARGIN, BitmapFont.TITLE, Drawing.INK);
        drawing.text(
                caption.line(),
                MARGIN,
                MARGIN + BitmapFont.TITLE.height() + 4,
                BitmapFont.TEXT,
                Drawing.PALE_INK);
        pale(drawing, note(members), MARGIN + BitmapFont.TITLE.height() + LINE + 4);
    }

    private void photograph(Drawing drawing) {
        drawing.picture(view, MARGIN, top);
        int y = top + view.height() + 5;
        Grid grid = explanation.grid();
        pale(drawing, "seen as %d × %d tokens".formatted(grid.height(), grid.width()), y);
        y += LINE + 12;
        Explanation.Contribution split = explanation.contribution().orElse(null);
        if (split == null) {
            classAttention(drawing, y);
        } else {
            contribution(drawing, split, y);
        }
        if (hasMemberships()) {
            numbers(drawing, y + view.height() + 5 + LINE + Legend.height() + 10);
        }
    }

    private void classAttention(Drawing drawing, int y) {
        float[] map = explanation.classAttention().getLast().map();
        Scale scale = Scale.of(Stream.of(map));
        drawing.picture(new Tiles(view, explanation.grid(), opacity).values(map, scale), MARGIN, y);
        int below = y + view.height() + 5;
        pale(drawing, "class attention, share of each token", below);
        Legend.bar(drawing, MARGIN, below + LINE + 2, view.width(), Legend.Bar.plain(scale));
    }

    private void contribution(Drawing drawing, Explanation.Contribution split, int y) {
        SignedScale scale = SignedScale.of(Stream.of(split.map()));
        Tiles tiles = new Tiles(view, explanation.grid(), opacity);
        drawing.picture(tiles.values(split.map(), scale), MARGIN, y);
        int below = y + view.height() + 5;
        String logit = String.format(Locale.ROOT, ", logit %.2f", split.logit());
        int room = VIEW - BitmapFont.TEXT.width(logit);
        pale(drawing, shortened("adds to " + split.label(), room) + logit, below);
        Legend.signed(drawing, MARGIN, below + LINE + 2, view.width(), scale);
    }

    private void numbers(Drawing drawing, int y) {
        String entropy = "entropy in nats, at most %.2f";
        pale(drawing, String.format(Locale.ROOT, entropy, Math.log(explanation.groups())), y);
        Explanation.Rates first = explanation.layers().getFirst().rates();
        if (small.height() >= 4 * LINE && first.compression() != null) {
            double bound = first.bound();
            String rates = "at ε² = %s, R at most %.1f";
            double eps2 = explanation.epsilonSquared();
            pale(drawing, "R, R_c in nats, of unit tokens", y + LINE);
            pale(drawing, String.format(Locale.ROOT, rates, eps2, bound), y + 2 * LINE);
        }
    }

    private static void pale(Drawing drawing, String text, int y) {
        drawing.text(text, MARGIN, y, BitmapFont.TEXT, Drawing.PALE_INK);
    }

    private void rows(Drawing drawing, int left) {
        int step = small.width() + GAP;
        if (strongest > 0) {
            drawing.textAround("strongest", left + small.width() / 2, top, Drawing.INK);
        }
        for (int i = 0; i < shown().size(); i++) {
            int centre = left + (strongest + i) * step + small.width() / 2;
            Legend.group(drawing, shown().get(i), centre, top);
        }
        Scale scale = PictureRenderer.membershipScale(explanation);
        int y = top + LINE + 6;
        for (Explanation.Layer layer : explanation.layers()) {
            int row = y;
            label(drawing, layer, left - LABELS, row);
            layer.groups().ifPresent(groups -> cells(drawing, groups, scale, left, row));
            y += small.height() + GAP;
        }
        Explanation.Contribution split = explanation.contribution().orElse(null);
        if (split != null) {
            contributions(drawing, split, left, y);
            y += small.height() + GAP;
        }
        key(drawing, scale, left, y + 12);
    }

    /** What each group adds to the class's score, below its memberships. */
    private void contributions(Drawing drawing, Explanation.Contribution split, int left, int y) {
        SignedScale scale = SignedScale.of(Stream.of(split.maps()));
        Tiles tiles = new Tiles(small, explanation.grid(), opacity);
        drawing.text("adds to", left - LABELS, y, BitmapFont.TEXT, Drawing.INK);
        drawing.text(
                shortened(split.label(), LABELS - GAP),
                left - LABELS,
                y + LINE,
                BitmapFont.TEXT,
                Drawing.INK);
        String ends = "to ±" + scale.upperEnd().substring(1);
        drawing.text(ends, left - LABELS, y + 2 * LINE + 2, BitmapFont.TEXT, Drawing.PALE_INK);
        for (int i = 0; i < shown().size(); i++) {
            int x = left + (strongest + i) * (small.width() + GAP);
            drawing.picture(tiles.values(split.maps()[i], scale), x, y);
        }
    }

    /** As much of a text as there is room for. */
    private static String shortened(String text, int room) {
        String found = text;
        while (BitmapFont.TEXT.width(found) > room) {
            found = found.substring(0, found.length() - 2) + "…";
        }
        return found;
    }

    private void key(Drawing drawing, Scale scale, int left, int y) {
        int width = Math.min(shown().size() * (small.width() + GAP) - GAP, 2 * VIEW);
        int first = left + strongest * (small.width() + GAP);
        Legend.bar(drawing, first, y, width, Legend.Bar.membership(scale, explanation.groups()));
        drawing.textTo("membership Π", first - GAP - 4, y - 1, Drawing.INK);
    }

    private void label(Drawing drawing, Explanation.Layer layer, int x, int y) {
        drawing.text("layer " + layer.layer(), x, y, BitmapFont.TEXT, Drawing.INK);
        int line = y + LINE + 2;
        if (layer.groups().isPresent()) {
            pale(drawing, "entropy", layer.groups().get().meanEntropy(), x, line);
        }
        Double rate = layer.rates().rate();
        Double compression = layer.rates().compression();
        if (small.height() >= 4 * LINE && rate != null && compression != null) {
            pale(drawing, "R", rate, x, line + LINE);
            pale(drawing, "R_c", compression, x, line + 2 * LINE);
        }
    }

    private static void pale(Drawing drawing, String what, double nats, int x, int y) {
        String text = String.format(Locale.ROOT, nats < 10 ? "%s %.2f" : "%s %.1f", what, nats);
        drawing.text(text, x, y, BitmapFont.TEXT, Drawing.PALE_INK);
    }

    private void cells(Drawing drawing, Explanation.Groups groups, Scale scale, int left, int y) {
        Tiles tiles = new Tiles(small, explanation.grid(), opacity);
        if (strongest > 0) {
            drawing.picture(
                    tiles.colours(token -> GroupColours.of(groups.strongest()[token])), left, y);
        }
        for (int i = 0; i < shown().size(); i++) {
            drawing.picture(
                    tiles.values(groups.membership()[i], scale),
                    left + (strongest + i) * (small.width() + GAP),
                    y);
        }
    }
}
