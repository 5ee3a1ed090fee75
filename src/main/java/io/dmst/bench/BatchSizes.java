package io.dmst.bench;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many batches there were of each size. Immutable.
 *
 * <p>What a batch costs besides its images is shared by them, so that a loop at a mean size, and
 * still more at the mean of the sizes that images were in, computes faster than batches of that
 * mean which differ: of two batches, of 1 and of 4 images, images were in 3.4 on average, and a
 * batch has 2.5.
 */
final class BatchSizes {

    private final SortedMap<Integer, Double> batches;

    private BatchSizes(SortedMap<Integer, Double> batches) {
        this.batches = batches;
    }

    /**
     * @param size images of each batch, at least 1
     */
    static BatchSizes always(int size) {
        return new BatchSizes(new TreeMap<>(Map.of(size, 1.0)));
    }

    /**
     * @param images that were computed in batches of each size; sizes below 1 are untold
     * @return batches of one image if no size is told
     */
    static BatchSizes ofImages(Map<Integer, Long> images) {
        SortedMap<Integer, Double> batches = new TreeMap<>();
        images.forEach((size, count) -> {
            if (size > 0 && count > 0) {
                batches.put(size, (double) count / size);
            }
        });
        return batches.isEmpty() ? always(1) : new BatchSizes(batches);
    }

    /** Images of a batch, mean over the batches. */
    double mean() {
        double images = 0;
        for (Map.Entry<Integer, Double> entry : batches.entrySet()) {
            images += entry.getKey() * entry.getValue();
        }
        return images / sum(batches.values());
    }

    /** A size, each as often as it was. */
    int draw(Random random) {
        double left = random.nextDouble() * sum(batches.values());
        for (Map.Entry<Integer, Double> entry : batches.entrySet()) {
            left -= entry.getValue();
            if (left < 0) {
                return entry.getKey();
            }
        }
        return batches.lastKey();
    }

    private static double sum(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }
}
