package io.dmst.core.typicality;

/**
 * How usual an image is: the share of the reference's held-out images that lie at least as far from
 * its mean,
 *
 * <pre>
 * p(x) = (1 + #{ i : D_i ≥ D(x) }) / (c + 1),   D(x) = (x − mean)ᵀ Σ⁻¹ (x − mean)
 * </pre>
 *
 * <p>For an image of the reference's kind p is uniform, whatever the distribution of x: {@code P(p
 * ≤ α) ≤ α} exactly (a conformal p-value; Vovk, Gammerman and Shafer, 2005). It is two-sided: a
 * blank image with its low rates is as far out as noise with its high ones. Immutable and
 * thread-safe.
 */
public final class Typicality {

    private final Reference reference;
    private final Whitening whitening;

    public Typicality(Reference reference) {
        this.reference = reference;
        this.whitening = new Whitening(reference.mean(), reference.covariance());
    }

    /** What images are compared with. */
    public Reference reference() {
        return reference;
    }

    /**
     * The typicality of an image.
     *
     * @param vector of the reference's components
     * @return in [1/(c+1), 1]
     */
    public double of(double[] vector) {
        return (1.0 + atLeast(distance(vector))) / (reference.distances().length + 1);
    }

    /** Squared Mahalanobis distance from the reference's mean. */
    public double distance(double[] vector) {
        return whitening.squaredDistance(vector);
    }

    private int atLeast(double distance) {
        double[] distances = reference.distances();
        int low = 0;
        int high = distances.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            // so that what is not a number is farther than all
            if (distances[middle] >= distance) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return distances.length - low;
    }
}
