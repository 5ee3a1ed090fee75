package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.djl.DjlParameters;
import io.dmst.lab.train.data.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Features of a frozen stem that lie on the disk: several crops of each image, the first one as it
 * is evaluated.
 *
 * <p>Reading is thread-safe. Closes its file.
 */
final class CachedFeatures implements Examples, Closeable {

    private final FeatureFile file;
    private final List<Shape> shapes;
    private final RowSource images;
    private final int crops;

    /**
     * @param file complete and mapped: a record for each crop of the first image, then of the
     *     second
     * @param shapes {@code [C, h, w]} of the features of a record, in their order
     */
    CachedFeatures(FeatureFile file, List<Shape> shapes, RowSource images, int crops) {
        this.file = file;
        this.shapes = List.copyOf(shapes);
        this.images = images;
        this.crops = crops;
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int label(int image) {
        return images.label(image);
    }

    /** Crops of each image. */
    int crops() {
        return crops;
    }

    /** {@code [C, h, w]} of each feature. */
    List<Shape> shapes() {
        return shapes;
    }

    @Override
    public List<NDArray> features(NDManager scratch, DjlParameters parameters, int... chosen) {
        List<NDArray> features = new ArrayList<>();
        for (int feature = 0; feature < shapes.size(); feature++) {
            int length = Math.toIntExact(shapes.get(feature).size());
            float[] values = new float[Math.multiplyExact(length, chosen.length)];
            for (int i = 0; i < chosen.length; i++) {
                read(chosen[i], 0, feature, values, i * length);
            }
            Shape shape = new Shape(chosen.length).addAll(shapes.get(feature));
            features.add(scratch.create(values, shape));
        }
        return features;
    }

    /**
     * Reads one feature of one crop.
     *
     * @param at where its first value goes
     */
    void read(int image, int crop, int feature, float[] values, int at) {
        int from = 0;
        for (int earlier = 0; earlier < feature; earlier++) {
            from += Math.toIntExact(shapes.get(earlier).size());
        }
        int length = Math.toIntExact(shapes.get(feature).size());
        file.read((long) image * crops + crop, from, values, at, length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
