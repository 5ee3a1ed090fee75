package io.dmst.serve.predict;

import io.dmst.core.engine.ProbeValues;
import io.dmst.core.model.Statistic;
import io.dmst.core.typicality.LayerVector;
import java.util.Map;
import java.util.Optional;

/**
 * What the attention of every layer says about one image; L layers, K groups. {@link Statistic} has
 * the meanings. The arrays belong to whoever receives them.
 *
 * @param codingRate {@code [L]}, R_c^var in nats, at least 0
 * @param entropy {@code [L]}, nats, 0 to ln K
 * @param usage {@code [L][K]}, each layer's summing to 1
 */
@SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
public record LayerStatistics(float[] codingRate, float[] entropy, float[][] usage) {

    public LayerStatistics {
        if (entropy.length != codingRate.length || usage.length != codingRate.length) {
            throw new IllegalArgumentException(
                    "%d rates, %d entropies and %d usages are not of the same layers"
                            .formatted(codingRate.length, entropy.length, usage.length));
        }
    }

    /** Number of layers. */
    public int layers() {
        return codingRate.length;
    }

    /**
     * All of it as one vector.
     *
     * @param components of the model's layers and groups
     */
    public double[] vector(LayerVector components) {
        return components.of(codingRate, entropy, usage);
    }

    /**
     * Takes the statistics out of an engine's outputs.
     *
     * @param outputs of one image by name; left without the statistics
     * @return none if the model's attention has no membership
     */
    public static Optional<LayerStatistics> takenFrom(Map<String, ProbeValues> outputs) {
        ProbeValues rate = outputs.remove(Statistic.CODING_RATE.word());
        ProbeValues entropy = outputs.remove(Statistic.ENTROPY.word());
        ProbeValues usage = outputs.remove(Statistic.USAGE.word());
        return rate == null || entropy == null || usage == null
                ? Optional.empty()
                : Optional.of(new LayerStatistics(rate.values(), entropy.values(), rows(usage)));
    }

    private static float[][] rows(ProbeValues usage) {
        int groups = usage.shape().getLast();
        float[][] rows = new float[usage.shape().getFirst()][groups];
        for (int layer = 0; layer < rows.length; layer++) {
            System.arraycopy(usage.values(), layer * groups, rows[layer], 0, groups);
        }
        return rows;
    }
}
