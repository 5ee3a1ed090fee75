package io.dmst.lab.train;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Cached features as the inputs of training batches: one of an image's crops, mirrored with
 * probability ½. Thread-safe.
 */
final class FeatureRows implements CropRows {

    private final CachedFeatures features;
    private final boolean flip;

    /**
     * @param flip whether features are mirrored, as images are
     */
    FeatureRows(CachedFeatures features, boolean flip) {
        this.features = features;
        this.flip = flip;
    }

    @Override
    public int size() {
        return features.size();
    }

    @Override
    public int label(int image) {
        return features.label(image);
    }

    @Override
    public List<int[]> shapes() {
        return features.shapes().stream()
                .map(shape -> Arrays.stream(shape.getShape()).mapToInt(Math::toIntExact).toArray())
                .toList();
    }

    @Override
    public void write(int image, List<float[]> inputs, int row, RandomGenerator random) {
        write(image, random.nextInt(features.crops()), inputs, row, random);
    }

    @Override
    public void write(int image, int crop, List<float[]> inputs, int row, RandomGenerator random) {
        boolean mirrored = flip && random.nextBoolean();
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = features.shapes().get(i);
            int length = Math.toIntExact(shape.size());
            float[] values = inputs.get(i);
            features.read(image, crop, i, values, row * length);
            if (mirrored) {
                mirror(values, row * length, length, Math.toIntExact(shape.get(2)));
            }
        }
    }

    /** Turns every line of a width around. */
    private static void mirror(float[] values, int from, int length, int width) {
        for (int line = from; line < from + length; line += width) {
            for (int left = line, right = line + width - 1; left < right; left++, right--) {
                float value = values[left];
                values[left] = values[right];
                values[right] = value;
            }
        }
    }
}
