package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.model.Network;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import io.dmst.lab.train.data.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Computes the features of a frozen stem once and keeps them on the disk. A file that is not
 * complete is completed.
 *
 * @param directory of the files
 * @param key of all that the features depend on; part of the files' names
 * @param network whose stem it is
 * @param parameters its weights
 * @param stop ends the computation; what is computed is kept
 */
record FeatureCache(
        Path directory, String key, Network network, DjlParameters parameters, StopSignal stop) {

    /**
     * Images of one part of a data set.
     *
     * @param part name of the part, in the file's name
     * @param plain images as they are evaluated: the first crop of each
     * @param random images as training changes them: the other crops
     * @param crops of each image, at least 1
     * @param seed of the changes
     */
    record Crops(String part, RowSource plain, RowSource random, int crops, long seed) {

        long records() {
            return (long) plain.size() * crops;
        }

        /** Of at most so many records from a first one. */
        List<ExampleRows.Choice> batch(long from, int most) {
            return LongStream.range(from, Math.min(from + most, records()))
                    .mapToObj(this::record)
                    .toList();
        }

        ExampleRows.Choice record(long number) {
            int image = Math.toIntExact(number / crops);
            long crop = number % crops;
            RowSource source = crop == 0 ? plain : random;
            return new ExampleRows.Choice(source, image, seed * 0x9E3779B97F4A7C15L + number);
        }
    }

    /**
     * Features of one part of a data set.
     *
     * @throws TrainingStopped if the training should end
     * @throws IOException if the images cannot be read or the features not be written
     */
    CachedFeatures of(NDManager manager, Crops wanted) throws IOException {
        List<Shape> shapes = shapes(manager, wanted);
        int length = Math.toIntExact(shapes.stream().mapToLong(Shape::size).sum());
        Path path = directory.resolve(wanted.part() + "-" + key + ".f16");
        FeatureFile file = new FeatureFile(path, length);
        try {
            file.complete(
                    "features of " + wanted.part() + " images",
                    wanted,
                    stop,
                    (target, batch) -> append(manager, target, batch));
            return new CachedFeatures(file, shapes, wanted.plain(), wanted.crops());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void append(NDManager manager, FeatureFile file, List<ExampleRows.Choice> batch)
            throws IOException {
        try (NDManager scratch = manager.newSubManager()) {
            List<float[]> features = new ArrayList<>();
            for (NDArray feature : features(scratch, batch)) {
                features.add(feature.toFloatArray());
            }
            for (int i = 0; i < batch.size(); i++) {
                float[] record = new float[file.length()];
                int at = 0;
                for (float[] feature : features) {
                    int each = feature.length / batch.size();
                    System.arraycopy(feature, i * each, record, at, each);
                    at += each;
                }
                file.append(record);
            }
        }
    }

    private List<NDArray> features(NDManager scratch, List<ExampleRows.Choice> batch)
            throws IOException {
        DjlOps ops = new DjlOps(scratch);
        NDArray input = network.normalise(ops, ExampleRows.of(scratch, batch));
        return network.features(ops, parameters.in(scratch), input);
    }

    private List<Shape> shapes(NDManager manager, Crops wanted) throws IOException {
        try (NDManager scratch = manager.newSubManager()) {
            return features(scratch, List.of(wanted.record(0))).stream()
                    .map(feature -> feature.getShape().slice(1))
                    .toList();
        }
    }
}
