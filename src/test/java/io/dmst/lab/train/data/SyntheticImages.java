package io.dmst.lab.train.data;

import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Folders of small noisy images whose class is their dominant colour. */
public final class SyntheticImages {

    public static final String[] CLASSES = {"blue", "green", "red"};

    private SyntheticImages() {}

    /** {@code train/CLASS/FILE} and {@code test/CLASS/FILE}. */
    public static Path write(Path root, int perClass) throws IOException {
        for (String split : List.of("train", "test")) {
            for (String label : CLASSES) {
                write(root.resolve(split, label), perClass, split.length());
            }
        }
        return root;
    }

    /** {@code CLASS/FILE}; names of other classes have the colour of the first. */
    static Path plain(Path root, Map<String, Integer> counts) throws IOException {
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            write(root.resolve(count.getKey()), count.getValue(), 0);
        }
        return root;
    }

    private static void write(Path folder, int count, int seed) throws IOException {
        Files.createDirectories(folder);
        int label = Math.max(0, List.of(CLASSES).indexOf(folder.getFileName().toString()));
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(label * 1000 + i + seed);
            Files.write(
                    folder.resolve(i + ".png"),
                    PngEncoder.encode(image(16, 16, 2 - label, random)));
        }
    }

    /** A zip of all files of a directory, below a prefix. */
    static Path zip(Path folder, String prefix, Path zip) throws IOException {
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file);
                Stream<Path> files = Files.walk(folder)) {
            List<Path> all = new ArrayList<>(files.filter(Files::isRegularFile).toList());
            Collections.shuffle(all, new Random(1));
            for (Path image : all) {
                out.putNextEntry(new ZipEntry(prefix + folder.relativize(image)));
                out.write(Files.readAllBytes(image));
            }
        }
        return zip;
    }

    static RgbImage image(int height, int width, int channel, SplittableRandom random) {
        byte[] rgb = new byte[height * width * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (random.nextInt(120) + (i % 3 == channel ? 100 : 0));
        }
        return new RgbImage(height, width, rgb);
    }
}
