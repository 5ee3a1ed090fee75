package io.dmst.lab.train;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Pixels of images of which there is a fixed number of crops. Thread-safe.
 *
 * @param crops which they are
 */
record FixedCrops(FeatureCache.Crops crops) implements CropRows {

    @Override
    public int size() {
        return crops.plain().size();
    }

    @Override
    public int label(int image) {
        return crops.plain().label(image);
    }

    @Override
    public List<int[]> shapes() {
        return crops.plain().shapes();
    }

    @Override
    public void write(int image, List<float[]> inputs, int row, RandomGenerator random)
            throws IOException {
        write(image, random.nextInt(crops.crops()), inputs, row, random);
    }

    @Override
    public void write(int image, int crop, List<float[]> inputs, int row, RandomGenerator random)
            throws IOException {
        ExampleRows.Choice choice = crops.record((long) image * crops.crops() + crop);
        choice.source().write(image, inputs, row, new SplittableRandom(choice.seed()));
    }
}
