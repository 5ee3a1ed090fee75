package io.dmst.train;

import io.dmst.image.PngEncoder;
import io.dmst.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Folders of small noisy images whose class is their dominant colour. */
final class SyntheticImages {

    static final String[] CLASSES = {"blue", "green", "red"};

    private SyntheticImages() {}

    static Path write(Path root, int perClass) throws IOException {
        for (String split : new String[] {"train", "test"}) {
            for (int label = 0; label < CLASSES.length; label++) {
                Path folder = Files.createDirectories(root.resolve(split, CLASSES[label]));
                for (int i = 0; i < perClass; i++) {
                    SplittableRandom random =
                            new SplittableRandom(label * 1000 + i + split.length());
                    Files.write(
                            folder.resolve(i + ".png"),
                            PngEncoder.encode(image(16, 2 - label, random)));
                }
            }
        }
        return root;
    }

    private static RgbImage image(int side, int channel, SplittableRandom random) {
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (random.nextInt(120) + (i % 3 == channel ? 100 : 0));
        }
        return new RgbImage(side, side, rgb);
    }
}
