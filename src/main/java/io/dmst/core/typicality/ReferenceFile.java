package io.dmst.core.typicality;

import io.dmst.core.checkpoint.CheckpointException;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A reference as {@link ModelDirectory#REFERENCE} of its model's directory: F64 {@code mean [P]},
 * {@code covariance [P, P]}, {@code quantile_levels [Q]}, {@code quantiles [Q, P]}, {@code
 * distances [c]}; I64 {@code layers [2]}, which are L and K, and {@code images [1]}; as metadata
 * the digest of the model, and what the images were.
 */
public final class ReferenceFile {

    private static final String DIGEST = "dmst.model.digest";
    private static final String DATA = "dmst.reference.data";

    private static final String LAYERS = "layers";
    private static final String IMAGES = "images";
    private static final String MEAN = "mean";
    private static final String COVARIANCE = "covariance";
    private static final String LEVELS = "quantile_levels";
    private static final String QUANTILES = "quantiles";
    private static final String DISTANCES = "distances";

    private ReferenceFile() {}

    /**
     * Writes a reference into its model's directory.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path directory, Reference reference) throws IOException {
        int length = reference.components().length();
        double[] levels = reference.quantiles().levels();
        Safetensors.write(
                directory.resolve(ModelDirectory.REFERENCE),
                Map.of(
                        LAYERS,
                        Tensor.ofLongs(
                                new long[] {
                                    reference.components().layers(), reference.components().groups()
                                },
                                2),
                        IMAGES,
                        Tensor.ofLongs(new long[] {reference.images()}, 1),
                        MEAN,
                        Tensor.ofDoubles(reference.mean(), length),
                        COVARIANCE,
                        Tensor.ofDoubles(flat(reference.covariance()), length, length),
                        LEVELS,
                        Tensor.ofDoubles(levels, levels.length),
                        QUANTILES,
                        Tensor.ofDoubles(
                                flat(reference.quantiles().values()), levels.length, length),
                        DISTANCES,
                        Tensor.ofDoubles(reference.distances(), reference.distances().length)),
                Map.of(DIGEST, reference.origin().modelDigest(), DATA, reference.origin().data()));
    }

    /**
     * Reads a reference.
     *
     * @throws CheckpointException if it is not what {@link #write} writes
     */
    public static Reference read(TensorMap file) {
        long[] layers = file.get(LAYERS, 2).toLongs();
        try {
            LayerVector components =
                    new LayerVector(Math.toIntExact(layers[0]), Math.toIntExact(layers[1]));
            int length = components.length();
            double[] levels = file.get(LEVELS).toDoubles();
            return new Reference(
                    new Reference.Origin(text(file, DIGEST), text(file, DATA)),
                    components,
                    file.get(IMAGES, 1).toLongs()[0],
                    file.get(MEAN, length).toDoubles(),
                    rows(file.get(COVARIANCE, length, length).toDoubles(), length),
                    new Reference.Quantiles(
                            levels,
                            rows(file.get(QUANTILES, levels.length, length).toDoubles(), length)),
                    file.get(DISTANCES).toDoubles());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(file.source() + ": " + e.getMessage(), e);
        }
    }

    private static String text(TensorMap file, String key) {
        String text = file.metadata().get(key);
        if (text == null) {
            throw new CheckpointException(file.source() + ": no metadata '" + key + "'");
        }
        return text;
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[][] rows(double[] flat, int length) {
        double[][] rows = new double[flat.length / length][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * length, (row + 1) * length));
        return rows;
    }
}
