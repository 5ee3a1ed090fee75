package io.dmst.core.explain.picture;

import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.picture.Drawing.Pen;
import io.dmst.core.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Coding rates over the layers, with the bound as the 100 % line. */
final class RatePlot {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 520;
    private static final int LEFT = 84;
    private static final int RIGHT = 28;
    private static final int TOP = 164;
    private static final int BOTTOM = 64;
    private static final int TICKS = 5;

    private record Curve(
            String name, int colour, Function<Explanation.Rates, @Nullable Double> value) {}

    private static final List<Curve> CURVES =
            List.of(
                    new Curve("R, of unit tokens", 0x0072b2, Explanation.Rates::rate),
                    new Curve("R_c, of unit tokens", 0xd55e00, Explanation.Rates::compression),
                    new Curve(
                            "R_c^var, of projected tokens",
                            0x009e73,
                            Explanation.Rates::variational));

    private final Explanation explanation;
    private final Caption caption;
    private final double most;

    RatePlot(Explanation explanation, Caption caption) {
        this.explanation = explanation;
        this.caption = caption;
        this.most = ceiling(explanation.layers().getFirst().rates().bound());
    }

    /** The least of 1, 2, 2.5, 4, 5, 8 and 10 times a power of ten that is over a value. */
    private static double ceiling(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 2.5, 4, 5, 8}) {
            if (factor * power > value) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    RgbImage draw() {
        Drawing drawing = new Drawing(WIDTH, HEIGHT);
        String title =
                "Coding rates at ε² = %s".formatted(Double.toString(explanation.epsilonSquared()));
        drawing.text(title, 24, 24, BitmapFont.TITLE, Drawing.INK);
        drawing.text(
                caption.line(),
                24,
                28 + BitmapFont.TITLE.height(),
                BitmapFont.TEXT,
                Drawing.PALE_INK);
        axes(drawing);
        bound(drawing);
        int x = 24;
        for (Curve curve : CURVES) {
            if (curve(drawing, curve)) {
                x = key(drawing, curve, x);
            }
        }
        return drawing.image();
    }

    private double x(int place) {
        int steps = Math.max(1, explanation.layers().size() - 1);
        int inner = WIDTH - LEFT - RIGHT - 40;
        return explanation.layers().size() == 1
                ? LEFT + 20 + inner / 2.0
                : LEFT + 20 + (double) inner * place / steps;
    }

    private double y(double rate) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / most;
    }

    private void axes(Drawing drawing) {
        for (int i = 0; i <= TICKS; i++) {
            double rate = most * i / TICKS;
            double y = y(rate);
            drawing.line(LEFT, y, WIDTH - RIGHT, y, new Pen(1, Drawing.RULE));
            String number = String.format(Locale.ROOT, most < 10 ? "%.1f" : "%.0f", rate);
            drawing.textTo(number, LEFT - 10, (int) y - 9, Drawing.PALE_INK);
        }
        drawing.textTo("nats", LEFT - 10, TOP - 34, Drawing.PALE_INK);
        for (int i = 0; i < explanation.layers().size(); i++) {
            String number = Integer.toString(explanation.layers().get(i).layer());
            drawing.textAround(number, (int) x(i), HEIGHT - BOTTOM + 10, Drawing.PALE_INK);
        }
        drawing.textAround(
                "layer", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 34, Drawing.PALE_INK);
    }

    private void bound(Drawing drawing) {
        double bound = explanation.layers().getFirst().rates().bound();
        for (double x = LEFT; x < WIDTH - RIGHT - 6; x += 14) {
            drawing.line(x, y(bound), x + 7, y(bound), new Pen(2, Drawing.PALE_INK));
        }
        String name = String.format(Locale.ROOT, "bound %.1f", bound);
        drawing.textTo(name, WIDTH - RIGHT, (int) y(bound) - 22, Drawing.PALE_INK);
    }

    private boolean curve(Drawing drawing, Curve curve) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < explanation.layers().size(); i++) {
            Double value = curve.value().apply(explanation.layers().get(i).rates());
            if (value != null) {
                points.add(new double[] {x(i), y(value)});
            }
        }
        for (int i = 0; i < points.size(); i++) {
            double[] from = points.get(Math.max(0, i - 1));
            double[] to = points.get(i);
            drawing.line(from[0], from[1], to[0], to[1], new Pen(2.5, curve.colour()));
            drawing.line(to[0], to[1], to[0], to[1], new Pen(9, curve.colour()));
        }
        return !points.isEmpty();
    }

    private static int key(Drawing drawing, Curve curve, int x) {
        int y = TOP - 72;
        drawing.line(x, y + 9, x + 22, y + 9, new Pen(2.5, curve.colour()));
        drawing.line(x + 11, y + 9, x + 11, y + 9, new Pen(9, curve.colour()));
        drawing.text(curve.name(), x + 30, y, BitmapFont.TEXT, Drawing.INK);
        return x + 30 + BitmapFont.TEXT.width(curve.name()) + 28;
    }
}
