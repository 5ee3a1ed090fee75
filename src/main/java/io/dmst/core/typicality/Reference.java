package io.dmst.core.typicality;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What the layers of a model say about images of its data: what {@link Typicality} and {@link
 * DriftWindow} compare others with. Of {@code P} components, {@code n} images that mean and
 * covariance are of, and {@code c} others that were held out from both. Immutable as long as nobody
 * changes its arrays.
 *
 * @param origin which model, which images
 * @param components what the vector is made of
 * @param images n
 * @param mean {@code [P]}
 * @param covariance {@code [P][P]}, shrunk, positive definite
 * @param quantiles of every component, over all n + c images
 * @param distances {@code [c]}, ascending: squared Mahalanobis distances of the images held out
 */
@SuppressWarnings("ArrayRecordComponent") // made once, compared by tests alone
public record Reference(
        Origin origin,
        LayerVector components,
        long images,
        double[] mean,
        double[][] covariance,
        Quantiles quantiles,
        double[] distances) {

    /**
     * Where a reference comes from.
     *
     * @param modelDigest of the model whose layers they were
     * @param data the images, for people
     */
    public record Origin(String modelDigest, String data) {}

    /**
     * Quantiles of every component.
     *
     * @param levels {@code [Q]}, ascending, in (0, 1)
     * @param values {@code [Q][P]}
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Quantiles(double[] levels, double[][] values) {}

    /**
     * Of every layer, the coding rate that a share {@code levels[level]} of the images is below.
     */
    public double[] codingRates(int level) {
        return ofLayers(level, components::codingRate);
    }

    /** Of every layer, the entropy that a share {@code levels[level]} of the images is below. */
    public double[] entropies(int level) {
        return ofLayers(level, components::entropy);
    }

    private double[] ofLayers(int level, IntUnaryOperator place) {
        return IntStream.range(0, components.layers())
                .mapToDouble(layer -> quantiles.values()[level][place.applyAsInt(layer)])
                .toArray();
    }

    public Reference {
        int length = components.length();
        boolean square =
                covariance.length == length
                        && Arrays.stream(covariance).allMatch(row -> row.length == length);
        boolean banded =
                quantiles.values().length == quantiles.levels().length
                        && Arrays.stream(quantiles.values()).allMatch(row -> row.length == length);
        if (mean.length != length || !square || !banded) {
            throw new IllegalArgumentException(
                    "mean, covariance and quantiles must be of %d components".formatted(length));
        }
        if (images < 2 || distances.length < 1) {
            throw new IllegalArgumentException(
                    "a reference of %d images and %d held out says nothing"
                            .formatted(images, distances.length));
        }
        if (!Double.isFinite(new Whitening(mean, covariance).squaredDistance(mean))) {
            throw new IllegalArgumentException("mean and covariance must be finite");
        }
        for (int i = 1; i < distances.length; i++) {
            if (!(distances[i - 1] <= distances[i])) {
                throw new IllegalArgumentException("the distances must ascend");
            }
        }
    }
}
