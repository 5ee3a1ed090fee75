package io.dmst.core.checkpoint;

import java.util.List;

/**
 * What happens to an image between its file and the network; training and serving share it.
 *
 * <p>The image's shorter side is resized (antialiased bicubic) to {@code side / cropFraction}, the
 * centre is cropped to the network's size, and every channel becomes {@code (value / 255 - mean) /
 * std}.
 *
 * @param mean per channel R, G, B, of values in [0, 1]
 * @param std per channel R, G, B, of values in [0, 1], positive
 * @param cropFraction side of the centre crop relative to the resized shorter side, in (0, 1]
 */
public record Preprocessing(List<Double> mean, List<Double> std, double cropFraction) {

    public Preprocessing {
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException(
                    "preprocessing.mean and .std need three values, not " + mean + ", " + std);
        }
        if (!std.stream().allMatch(s -> s > 0)) {
            throw new IllegalArgumentException("preprocessing.std must be positive, not " + std);
        }
        if (!(cropFraction > 0 && cropFraction <= 1)) {
            throw new IllegalArgumentException(
                    "preprocessing.crop_fraction must be in (0, 1], not " + cropFraction);
        }
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }
}
