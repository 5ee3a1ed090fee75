package io.dmst.train;

import io.dmst.image.Preprocessor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;

/** Decodes images to the network's size, on all cores. */
final class PixelSets {

    private PixelSets() {}

    /**
     * The readable ones of the given images.
     *
     * @param problems receives those that are not
     */
    static PixelSet load(
            String what, List<LabelledImage> images, Preprocessor preprocessor, Problems problems) {
        byte[][] decoded = new byte[images.size()][];
        try (ProgressBar bar = new ProgressBar("reading " + what, images.size())) {
            IntStream.range(0, images.size())
                    .parallel()
                    .forEach(i -> {
                        decoded[i] = decode(images.get(i), preprocessor, problems);
                        bar.step();
                    });
        }
        List<String> names = new ArrayList<>();
        List<byte[]> pixels = new ArrayList<>();
        IntStream.Builder labels = IntStream.builder();
        for (int i = 0; i < decoded.length; i++) {
            if (decoded[i].length > 0) {
                names.add(images.get(i).name());
                pixels.add(decoded[i]);
                labels.add(images.get(i).label());
            }
        }
        return new PixelSet(
                preprocessor.height(),
                preprocessor.width(),
                names,
                pixels,
                labels.build().toArray());
    }

    /** The pixels, or nothing for an image that cannot be read. */
    private static byte[] decode(
            LabelledImage image, Preprocessor preprocessor, Problems problems) {
        try {
            return preprocessor.apply(image.source().load());
        } catch (IOException e) {
            problems.add(image.name() + ": " + e.getMessage());
            return new byte[0];
        }
    }
}
