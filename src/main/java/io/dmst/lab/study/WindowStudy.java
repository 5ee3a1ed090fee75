package io.dmst.lab.study;

import io.dmst.core.typicality.DriftWindow;
import io.dmst.core.typicality.Typicality;
import io.dmst.core.typicality.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.hipparchus.stat.interval.BinomialProportion;
import org.hipparchus.stat.interval.ConfidenceInterval;
import org.jspecify.annotations.Nullable;

/**
 * How often windows alarm without a cause, and how soon with one: with the very {@link DriftWindow}
 * that serves. For one thread.
 */
public final class WindowStudy {

    /** Windows after which a drift counts as never noticed. */
    private static final int PATIENCE = 20;

    private static final double CONFIDENCE = 0.95;

    private final int window;
    private final DriftWindow drift;
    private final Random random;

    /**
     * @param window images
     * @param stated share of the windows that may alarm without a cause
     */
    public WindowStudy(Typicality typicality, int window, double stated, Random random) {
        this.window = window;
        this.drift = new DriftWindow(typicality, window, stated);
        this.random = random;
    }

    /**
     * Alarms without a cause.
     *
     * @param windows that were filled
     * @param alarms of them
     */
    public record FalseAlarms(int windows, int alarms) {

        /** Share of the windows that alarmed. */
        public double rate() {
            return (double) alarms / windows;
        }

        /** Where that share lies in truth, with 95 % confidence (Wilson). */
        public ConfidenceInterval interval() {
            return BinomialProportion.getWilsonScoreInterval(windows, rate(), CONFIDENCE);
        }
    }

    /**
     * Images from the beginning of a drift to the alarm.
     *
     * @param median of the trials
     * @param most that 95 % of the trials needed; infinite where fewer ever alarmed
     * @param withinOneWindow share of the trials that needed no more images than a window has
     */
    public record Delay(double median, double most, double withinOneWindow) {}

    /**
     * Fills windows with the same images in ever new orders. Within one order no image comes twice,
     * so that the mean of a window lies as far from the reference's as that of fresh images would,
     * on average over windows.
     *
     * @param images of the reference's kind, not of its own
     * @param windows at least
     * @throws IllegalArgumentException if the images do not fill one window
     */
    public FalseAlarms falseAlarms(List<Known> images, int windows) {
        if (images.size() < window) {
            throw new IllegalArgumentException(
                    "%d images do not fill a window of %d".formatted(images.size(), window));
        }
        List<Known> order = new ArrayList<>(images);
        int alarms = 0;
        int filled = 0;
        while (filled < windows) {
            Collections.shuffle(order, random);
            drift.restart();
            for (Known image : order) {
                Verdict verdict = image.into(drift);
                if (verdict != null) {
                    filled++;
                    alarms += verdict.alarm() ? 1 : 0;
                }
            }
        }
        return new FalseAlarms(filled, alarms);
    }

    /**
     * Lets a drift begin anywhere in a window, again and again.
     *
     * @param usual what came before
     * @param drifted what comes then
     */
    public Delay delay(List<Known> usual, List<Known> drifted, int trials) {
        double[] delays = new double[trials];
        Arrays.setAll(delays, trial -> trial(usual, drifted));
        Arrays.sort(delays);
        long within = Arrays.stream(delays).filter(images -> images <= window).count();
        return new Delay(
                delays[trials / 2],
                delays[(int) Math.ceil(CONFIDENCE * trials) - 1],
                (double) within / trials);
    }

    private double trial(List<Known> usual, List<Known> drifted) {
        drift.restart();
        int before = random.nextInt(window);
        for (int i = 0; i < before; i++) {
            any(usual).into(drift);
        }
        for (int images = 1; images <= PATIENCE * window; images++) {
            Verdict verdict = any(drifted).into(drift);
            if (verdict != null && verdict.alarm()) {
                return images;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private Known any(List<Known> images) {
        return images.get(random.nextInt(images.size()));
    }

    /**
     * An image whose typicality is known.
     *
     * @param vector of its layers
     * @param typicality of it
     * @param confidence probability of its most likely class
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Known(double[] vector, double typicality, double confidence) {

        private @Nullable Verdict into(DriftWindow window) {
            return window.add(vector, typicality);
        }
    }

    /** Images with their typicality. */
    public static List<Known> known(Typicality typicality, List<Observation> images) {
        return images.stream()
                .map(image ->
                        new Known(
                                image.vector(), typicality.of(image.vector()), image.confidence()))
                .toList();
    }
}
