package io.dmst.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Counts hits and misses; a confusion matrix, and how sure the model was. Not thread-safe. */
final class Scores {

    private static final int CONFUSIONS = 5;

    private final List<String> labels;
    private final int[][] confusion;
    private double confidence;
    private double confidenceWhenRight;
    private double largestDifference;
    private int compared;
    private int unreadable;
    private double seconds;

    Scores(List<String> labels) {
        this.labels = labels;
        this.confusion = new int[labels.size()][labels.size()];
    }

    void add(int label, float[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        confusion[label][best]++;
        confidence += probabilities[best];
        confidenceWhenRight += best == label ? probabilities[best] : 0;
    }

    void compare(float[] first, float[] second) {
        compared++;
        for (int i = 0; i < first.length; i++) {
            largestDifference = Math.max(largestDifference, Math.abs(first[i] - second[i]));
        }
    }

    /** An engine that fails where the other one answers differs from it. */
    void notCompared() {
        largestDifference = Double.POSITIVE_INFINITY;
    }

    void unreadable() {
        unreadable++;
    }

    void seconds(double spent) {
        seconds = spent;
    }

    int images() {
        int images = 0;
        for (int label = 0; label < confusion.length; label++) {
            images += of(label);
        }
        return images;
    }

    private int of(int label) {
        int sum = 0;
        for (int count : confusion[label]) {
            sum += count;
        }
        return sum;
    }

    private int correct() {
        int correct = 0;
        for (int label = 0; label < confusion.length; label++) {
            correct += confusion[label][label];
        }
        return correct;
    }

    /** Share of images whose class is first. */
    double accuracy() {
        return images() == 0 ? 0 : (double) correct() / images();
    }

    /**
     * Between the two engines' probabilities; 0 if there was one, infinite if the second failed.
     */
    double largestDifference() {
        return largestDifference;
    }

    /** Everything as text. */
    String table() {
        StringBuilder text = new StringBuilder();
        line(text, "%-16s %8s %9s", "class", "images", "accuracy");
        for (int label = 0; label < labels.size(); label++) {
            int images = of(label);
            String share = images == 0 ? "-" : percent((double) confusion[label][label] / images);
            line(text, "%-16s %8d %9s", labels.get(label), images, share);
        }
        line(text, "%-16s %8d %9s", "all", images(), percent(accuracy()));
        int images = Math.max(1, images());
        line(
                text,
                "mean confidence %s, when right %s",
                percent(confidence / images),
                percent(confidenceWhenRight / Math.max(1, correct())));
        confusions(text);
        if (unreadable > 0) {
            line(text, "%d images could not be classified", unreadable);
        }
        if (compared > 0 || largestDifference > 0) {
            line(
                    text,
                    "largest difference of a probability between the engines: %.2e over %d images",
                    largestDifference,
                    compared);
        }
        line(text, "%.1f s, %.0f images/s", seconds, images / seconds);
        return text.toString();
    }

    private void confusions(StringBuilder text) {
        record Mistake(int label, int taken, int count) {}
        IntStream.range(0, labels.size() * labels.size())
                .mapToObj(i -> {
                    int label = i / labels.size();
                    int taken = i % labels.size();
                    return new Mistake(label, taken, confusion[label][taken]);
                })
                .filter(mistake -> mistake.label() != mistake.taken() && mistake.count() > 0)
                .sorted(Comparator.comparingInt(Mistake::count).reversed())
                .limit(CONFUSIONS)
                .forEach(mistake ->
                        line(
                                text,
                                "%s taken for %s: %d",
                                labels.get(mistake.label()),
                                labels.get(mistake.taken()),
                                mistake.count()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
