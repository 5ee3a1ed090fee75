package io.dmst.lab.study;

import io.dmst.core.typicality.Typicality;
import io.dmst.lab.study.WindowStudy.Delay;
import io.dmst.lab.study.WindowStudy.FalseAlarms;
import io.dmst.lab.study.WindowStudy.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.hipparchus.stat.interval.ConfidenceInterval;

/**
 * The tables of a study as Markdown, and a document that has them between marks:
 *
 * <pre>
 * &lt;!-- study: NAME --&gt;
 * …
 * &lt;!-- end of NAME --&gt;
 * </pre>
 */
public final class StudyText {

    private static final double UNUSUAL = 0.05;

    /** Of areas that are shown with three digits. */
    private static final double LEAST_DIFFERENCE = 0.0005;

    private StudyText() {}

    /** A table that grows row by row. For one thread. */
    public static final class Table {

        private final List<String> lines = new ArrayList<>();

        Table(String head, String rule) {
            lines.add(head);
            lines.add(rule);
        }

        void add(String form, Object... values) {
            lines.add(String.format(Locale.ROOT, form, values));
        }

        /** The Markdown. */
        public String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    /** A table for {@link #falseAlarms}. */
    public static Table falseAlarms() {
        return new Table(
                "| window | stated | windows | alarms | measured | 95 % interval |",
                "|---:|---:|---:|---:|---:|---|");
    }

    /** Adds a row. */
    public static void falseAlarms(Table table, int window, double stated, FalseAlarms found) {
        ConfidenceInterval interval = found.interval();
        table.add(
                "| %d | %s %% | %,d | %d | %.3f %% | %.3f to %.3f %% |",
                window,
                Double.toString(100 * stated),
                found.windows(),
                found.alarms(),
                100 * found.rate(),
                100 * interval.getLowerBound(),
                100 * interval.getUpperBound());
    }

    /** A table for {@link #delay}. */
    public static Table delays() {
        return new Table(
                "| from then on | median | 95 % of trials | within one window |",
                "|---|---:|---:|---:|");
    }

    /** Adds a row. */
    public static void delay(Table table, String title, Delay found) {
        table.add(
                "| %s | %s | %s | %.1f %% |",
                title, images(found.median()), images(found.most()), 100 * found.withinOneWindow());
    }

    private static String images(double count) {
        return Double.isInfinite(count) ? "never" : String.format(Locale.ROOT, "%.0f", count);
    }

    /** A table for {@link #area}. */
    public static Table areas() {
        return new Table(
                "| against | images | typicality | largest probability | better | typicality < 0.05 |",
                "|---|---:|---:|---:|---|---:|");
    }

    /**
     * Adds a row: how well typicality, and the largest probability of the same network, tell others
     * from usual images.
     */
    public static void area(Table table, String title, List<Known> usual, List<Known> others) {
        double typicality = area(usual, others, Known::typicality);
        double confidence = area(usual, others, Known::confidence);
        long unusual = others.stream().filter(other -> other.typicality() < UNUSUAL).count();
        table.add(
                "| %s | %,d | %.3f | %.3f | %s | %.1f %% |",
                title,
                others.size(),
                typicality,
                confidence,
                better(typicality, confidence),
                100.0 * unusual / others.size());
    }

    private static String better(double typicality, double confidence) {
        if (Math.abs(typicality - confidence) < LEAST_DIFFERENCE) {
            return "neither";
        }
        return typicality > confidence ? "typicality" : "probability";
    }

    /**
     * A sentence: how far the mean of some images lies from the reference's, beside what is
     * expected of images of its kind.
     */
    public static String means(Typicality typicality, List<Known> images) {
        double[] mean = new double[typicality.reference().components().length()];
        for (Known image : images) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += image.vector()[i] / images.size();
            }
        }
        double squared =
                typicality.distance(mean)
                        / (1.0 / images.size() + 1.0 / typicality.reference().images());
        return String.format(
                Locale.ROOT,
                "The mean of %,d test images lies at T² = %.1f from the reference's; of images of its"
                        + " kind %d is expected.\n",
                images.size(),
                squared,
                mean.length);
    }

    private static double area(
            List<Known> usual, List<Known> others, ToDoubleFunction<Known> score) {
        return Auroc.of(
                usual.stream().mapToDouble(score).toArray(),
                others.stream().mapToDouble(score).toArray());
    }

    /**
     * A document with another table between the marks of a name.
     *
     * @throws IllegalArgumentException if it has no such marks
     */
    public static String replaced(String document, String name, String table) {
        String begin = "<!-- study: " + name + " -->\n";
        String end = "<!-- end of " + name + " -->";
        int from = document.indexOf(begin);
        int to = document.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "expected %sand %s in the document".formatted(begin, end));
        }
        return document.substring(0, from + begin.length()) + table + document.substring(to);
    }
}
