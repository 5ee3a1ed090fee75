package io.dmst.core.typicality;

/**
 * What the layers of a model say about one image, as one vector.
 *
 * <p>Of every one of L layers, one after the other: R_c^var in nats, entropy in nats, and the
 * shares of the tokens that the first K−1 of K groups take. The last share follows from the others
 * and would make every covariance singular.
 *
 * @param layers L
 * @param groups K
 */
public record LayerVector(int layers, int groups) {

    private static final int RATE = 0;
    private static final int ENTROPY = 1;
    private static final int USAGE = 2;

    public LayerVector {
        if (layers < 1 || groups < 1) {
            throw new IllegalArgumentException(
                    "%d layers of %d groups are none".formatted(layers, groups));
        }
    }

    /** Number of components. */
    public int length() {
        return layers * perLayer();
    }

    private int perLayer() {
        return USAGE + groups - 1;
    }

    /** Place of a layer's coding rate. */
    public int codingRate(int layer) {
        return layer * perLayer() + RATE;
    }

    /** Place of a layer's entropy. */
    public int entropy(int layer) {
        return layer * perLayer() + ENTROPY;
    }

    /** What a component is, for people. */
    public String name(int component) {
        int layer = component / perLayer();
        return switch (component % perLayer()) {
            case RATE -> "coding rate of layer " + layer;
            case ENTROPY -> "membership entropy of layer " + layer;
            default ->
                    "usage of group %d in layer %d"
                            .formatted(component % perLayer() - USAGE, layer);
        };
    }

    /**
     * The vector of an image.
     *
     * @param codingRate {@code [L]}
     * @param entropy {@code [L]}
     * @param usage {@code [L][K]}
     * @throws IllegalArgumentException if there are other layers or groups than these
     */
    public double[] of(float[] codingRate, float[] entropy, float[][] usage) {
        if (codingRate.length != layers || entropy.length != layers || usage.length != layers) {
            throw new IllegalArgumentException(
                    "expected %d layers, got %d rates, %d entropies and %d usages"
                            .formatted(layers, codingRate.length, entropy.length, usage.length));
        }
        double[] vector = new double[length()];
        int at = 0;
        for (int layer = 0; layer < layers; layer++) {
            if (usage[layer].length != groups) {
                throw new IllegalArgumentException(
                        "expected %d groups, got %d".formatted(groups, usage[layer].length));
            }
            vector[at++] = codingRate[layer];
            vector[at++] = entropy[layer];
            for (int group = 0; group < groups - 1; group++) {
                vector[at++] = usage[layer][group];
            }
        }
        return vector;
    }
}
