package io.dmst.lab.train;

import java.util.List;
import java.util.Locale;

/**
 * Sums over the batches of an epoch so far; what an interrupted epoch is resumed with. Immutable.
 *
 * @param batches done
 * @param images seen
 * @param loss sum over the batches of their mean loss, in nats
 * @param correct images whose class came first
 * @param gradientNorm sum over the batches
 * @param seconds spent on them
 */
record EpochTotals(
        int batches, long images, double loss, long correct, double gradientNorm, double seconds) {

    static final EpochTotals NONE = new EpochTotals(0, 0, 0, 0, 0, 0);

    EpochTotals plus(Learner.Step step, int size, double time) {
        return new EpochTotals(
                batches + 1,
                images + size,
                loss + step.loss(),
                correct + step.correct(),
                gradientNorm + step.gradientNorm(),
                seconds + time);
    }

    double meanLoss() {
        return loss / batches;
    }

    double accuracy() {
        return (double) correct / images;
    }

    String message() {
        return String.format(Locale.ROOT, " loss %.3f acc %.1f%%", meanLoss(), 100 * accuracy());
    }

    /** As text, exact. */
    String text() {
        return batches
                + " "
                + images
                + " "
                + loss
                + " "
                + correct
                + " "
                + gradientNorm
                + " "
                + seconds;
    }

    /** From {@link #text}. */
    static EpochTotals parse(String text) {
        List<String> parts = List.of(text.split(" ", -1));
        return new EpochTotals(
                Integer.parseInt(parts.get(0)),
                Long.parseLong(parts.get(1)),
                Double.parseDouble(parts.get(2)),
                Long.parseLong(parts.get(3)),
                Double.parseDouble(parts.get(4)),
                Double.parseDouble(parts.get(5)));
    }
}
