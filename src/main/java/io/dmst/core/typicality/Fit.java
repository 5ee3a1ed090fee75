package io.dmst.core.typicality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.stat.correlation.Covariance;
import org.hipparchus.stat.descriptive.rank.Percentile;

/**
 * Makes a {@link Reference} from the vectors of many images.
 *
 * <p>The images are shuffled; of four in five come mean and covariance, and the fifth is held out
 * to learn how far images of the same kind lie from them. The covariance is shrunk after Ledoit and
 * Wolf (Journal of Multivariate Analysis 88, 2004) in standardised components, where nothing
 * depends on units:
 *
 * <pre>
 * z = (x − mean) / sd,   S = 1/n Σ z zᵀ,   Σ = sd sdᵀ ∘ ( (1−λ) S + λ I )
 * λ = 1/n² Σ ‖z zᵀ − S‖² / ‖S − I‖²,   10⁻⁶ ≤ λ ≤ 1
 * </pre>
 *
 * <p>For many images λ vanishes; for few it keeps Σ positive definite. A component that never
 * changes gets the smallest deviation that engines agree to, so that it can still be off.
 */
public final class Fit {

    /** Images without which no reference is made. */
    public static final int LEAST_IMAGES = 50;

    private static final double[] LEVELS = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    private static final int HELD_OUT = 5;
    private static final double LEAST_SHRINKAGE = 1e-6;
    private static final double LEAST_DEVIATION = 1e-3;

    private Fit() {}

    /**
     * The reference of some images.
     *
     * @param vectors one of every image, at least {@link #LEAST_IMAGES}
     * @param seed of the shuffle
     * @throws IllegalArgumentException if there are too few
     */
    public static Reference of(
            Reference.Origin origin, LayerVector components, List<double[]> vectors, long seed) {
        if (vectors.size() < LEAST_IMAGES) {
            throw new IllegalArgumentException(
                    "a reference needs at least %d images, not %d"
                            .formatted(LEAST_IMAGES, vectors.size()));
        }
        List<double[]> shuffled = new ArrayList<>(vectors);
        Collections.shuffle(shuffled, new Random(seed));
        int heldOut = shuffled.size() / HELD_OUT;
        double[][] fitted = shuffled.subList(heldOut, shuffled.size()).toArray(double[][]::new);
        double[] mean = mean(fitted);
        double[][] covariance = shrunk(fitted, mean);
        Whitening whitening = new Whitening(mean, covariance);
        double[] distances =
                shuffled.subList(0, heldOut).stream()
                        .mapToDouble(whitening::squaredDistance)
                        .sorted()
                        .toArray();
        return new Reference(
                origin,
                components,
                fitted.length,
                mean,
                covariance,
                quantiles(components, vectors),
                distances);
    }

    private static double[] mean(double[][] vectors) {
        double[] mean = new double[vectors[0].length];
        for (double[] vector : vectors) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += vector[i] / vectors.length;
            }
        }
        return mean;
    }

    private static double[][] shrunk(double[][] vectors, double[] mean) {
        RealMatrix raw = new Covariance(vectors, false).getCovarianceMatrix();
        int length = mean.length;
        double[] deviation = new double[length];
        double[][] s = new double[length][length];
        for (int i = 0; i < length; i++) {
            double least = LEAST_DEVIATION * Math.max(1, Math.abs(mean[i]));
            deviation[i] = Math.max(least, Math.sqrt(raw.getEntry(i, i)));
        }
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < length; j++) {
                s[i][j] = i == j ? 1 : raw.getEntry(i, j) / (deviation[i] * deviation[j]);
            }
        }
        double shrinkage = shrinkage(vectors, mean, deviation, s);
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < length; j++) {
                double kept = i == j ? 1 : (1 - shrinkage) * s[i][j];
                s[i][j] = deviation[i] * deviation[j] * kept;
            }
        }
        return s;
    }

    private static double shrinkage(
            double[][] vectors, double[] mean, double[] deviation, double[][] s) {
        double fromIdentity = 0;
        double ofS = 0;
        for (int i = 0; i < s.length; i++) {
            for (int j = 0; j < s.length; j++) {
                ofS += s[i][j] * s[i][j];
                fromIdentity += i == j ? 0 : s[i][j] * s[i][j];
            }
        }
        double fourths = 0;
        for (double[] vector : vectors) {
            double squares = 0;
            for (int i = 0; i < mean.length; i++) {
                double z = (vector[i] - mean[i]) / deviation[i];
                squares += z * z;
            }
            fourths += squares * squares / vectors.length;
        }
        double noise = Math.max(0, fourths - ofS) / vectors.length;
        // components without any correlation: the identity is right
        double wanted = fromIdentity > 0 ? noise / fromIdentity : 1;
        return Math.clamp(wanted, LEAST_SHRINKAGE, 1);
    }

    private static Reference.Quantiles quantiles(LayerVector components, List<double[]> vectors) {
        double[][] values = new double[LEVELS.length][components.length()];
        for (int i = 0; i < components.length(); i++) {
            int component = i;
            Percentile percentile = new Percentile();
            percentile.setData(vectors.stream().mapToDouble(v -> v[component]).toArray());
            for (int level = 0; level < LEVELS.length; level++) {
                values[level][i] = percentile.evaluate(100 * LEVELS[level]);
            }
        }
        return new Reference.Quantiles(LEVELS.clone(), values);
    }
}
