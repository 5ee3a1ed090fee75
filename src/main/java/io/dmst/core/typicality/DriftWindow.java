package io.dmst.core.typicality;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.GammaDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Compares images with a reference, window after window: each image counts in exactly one.
 *
 * <p>Two tests, since a mean may move without the spread and the other way round. Of w images with
 * mean vector m and typicalities p, and a reference of n images, c held out with distances D:
 *
 * <pre>
 * shift:  T² = (m − mean)ᵀ Σ⁻¹ (m − mean) / (1/w + 1/n)   against Gamma of mean μ and variance
 *         2μ²/P (1 − 1/w) + Var(D)/w,   μ = mean(D)
 * spread: sup |F_w(p) − p| · √(wc/(w+c))                  against √(½ ln(2/α))
 * </pre>
 *
 * <p>The first is Hotelling's T²; for normal vectors that Gamma is χ² with P degrees of freedom,
 * and Var(D) (Mardia's kurtosis) corrects it for others. The second is Kolmogorov's and Smirnov's
 * with Massart's bound (Annals of Probability 18, 1990), which holds for every w.
 *
 * <p>A window is looked at after an eighth, a quarter, a half and all of its images, and ends with
 * the first look that alarms. Tests and looks share the false alarms of a window equally
 * (Bonferroni), so that images of the reference's kind alarm in at most that share of the windows.
 *
 * <p>An image costs one addition per component; a look, a sort. Safe for use by several threads.
 */
public final class DriftWindow {

    /** Images that a look needs, for a mean to be near to normal. */
    public static final int LEAST_IMAGES = 32;

    private static final int FIRST_LOOK = 8;
    private static final int TESTS = 2;

    private final Typicality typicality;
    private final int window;
    private final int[] looks;
    private final double falseAlarmsOfATest;
    private final double[] shiftLimits;

    private final double[] sum;
    private final double[] typicalities;
    private int images;
    private int nextLook;

    /**
     * @param window images, at least {@link #LEAST_IMAGES}
     * @param falseAlarms share of the windows that may alarm without a cause, in (0, 1)
     */
    public DriftWindow(Typicality typicality, int window, double falseAlarms) {
        if (window < LEAST_IMAGES || !(falseAlarms > 0 && falseAlarms < 1)) {
            throw new IllegalArgumentException(
                    "a window needs at least %d images, not %d, and false alarms in (0, 1), not %s"
                            .formatted(LEAST_IMAGES, window, falseAlarms));
        }
        this.typicality = typicality;
        this.window = window;
        this.looks =
                IntStream.iterate(FIRST_LOOK, part -> part >= 1, part -> part / 2)
                        .map(part -> window / part)
                        .filter(count -> count >= LEAST_IMAGES)
                        .toArray();
        this.falseAlarmsOfATest = falseAlarms / (TESTS * looks.length);
        this.sum = new double[typicality.reference().components().length()];
        this.shiftLimits = Arrays.stream(looks).mapToDouble(this::shiftLimit).toArray();
        this.typicalities = new double[window];
    }

    /**
     * Counts an image.
     *
     * @param vector of the reference's components
     * @param howUsual its typicality
     * @return the verdict, if the window ended with this image
     */
    public synchronized @Nullable Verdict add(double[] vector, double howUsual) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += vector[i];
        }
        typicalities[images++] = howUsual;
        if (images < looks[nextLook]) {
            return null;
        }
        Verdict verdict = look();
        nextLook++;
        if (!verdict.alarm() && images < window) {
            return null;
        }
        restart();
        return verdict;
    }

    /** Forgets the images of the window that has not ended. */
    public synchronized void restart() {
        images = 0;
        nextLook = 0;
        Arrays.fill(sum, 0);
    }

    private Verdict look() {
        Reference reference = typicality.reference();
        double[] mean = Arrays.stream(sum).map(total -> total / images).toArray();
        int moved = 0;
        double most = 0;
        for (int i = 0; i < mean.length; i++) {
            double deviations =
                    (mean[i] - reference.mean()[i]) / Math.sqrt(reference.covariance()[i][i]);
            if (!(Math.abs(deviations) <= Math.abs(most))) {
                moved = i;
                most = deviations;
            }
        }
        return new Verdict(images, shift(mean), spread(), reference.components().name(moved), most);
    }

    private double shift(double[] mean) {
        Reference reference = typicality.reference();
        double distance = typicality.distance(mean) / (1.0 / images + 1.0 / reference.images());
        // numbers that are none are as far away as can be
        return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance / shiftLimits[nextLook];
    }

    /** What T² of so many images of the reference's kind exceeds as rarely as one test may. */
    private double shiftLimit(int count) {
        double[] distances = typicality.reference().distances();
        double mean = Arrays.stream(distances).average().orElseThrow();
        double variance =
                Arrays.stream(distances).map(d -> (d - mean) * (d - mean)).average().orElseThrow();
        double ofMean = 2 * mean * mean / sum.length * (1 - 1.0 / count) + variance / count;
        return new GammaDistribution(mean * mean / ofMean, ofMean / mean)
                .inverseCumulativeProbability(1 - falseAlarmsOfATest);
    }

    private double spread() {
        double[] sorted = Arrays.copyOf(typicalities, images);
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < images; i++) {
            double above = (i + 1.0) / images - sorted[i];
            double below = sorted[i] - (double) i / images;
            largest = Math.max(largest, Math.max(above, below));
        }
        double held = typicality.reference().distances().length;
        double effective = Math.sqrt(images * held / (images + held));
        return largest * effective / Math.sqrt(0.5 * Math.log(2 / falseAlarmsOfATest));
    }
}
