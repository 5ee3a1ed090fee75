package io.dmst.lab.train.data;

import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10's binary version: records of one label byte and 3072 bytes of 32×32 pixels, channel by
 * channel, in {@code data_batch_1.bin} … and {@code test_batch.bin}; class names in {@code
 * batches.meta.txt} where it is there.
 */
final class CifarBinary implements DataSet {

    private static final String TEST = "test_batch.bin";
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + 3 * PLANE;
    private static final int CLASSES = 10;

    private final Path directory;
    private final SplitOptions split;

    /**
     * @throws IOException if the options ask for another test set than the file for it
     */
    CifarBinary(Path directory, SplitOptions split) throws IOException {
        if (split.mode() != SplitOptions.Mode.FOLDERS
                || split.test() > 0
                || !split.folder().isEmpty()) {
            throw new IOException(
                    directory
                            + " has CIFAR's binary files, whose test images are in "
                            + TEST
                            + "; leave --split, --test and --folder away");
        }
        this.directory = directory;
        this.split = split;
    }

    static boolean isIn(Path source) {
        return Files.isRegularFile(source.resolve(TEST));
    }

    @Override
    public ImageData read(DataProblems problems) throws IOException {
        List<String> labels = labels();
        List<LabelledImage> train = new ArrayList<>();
        for (Path file : trainingFiles()) {
            train.addAll(images(file, labels.size(), problems));
        }
        Map<Part, List<LabelledImage>> parts =
                new EnumMap<>(Splitter.shares(train, split.validation(), 0, split.seed()));
        parts.put(Part.TEST, images(directory.resolve(TEST), labels.size(), problems));
        return new ImageData(labels, parts);
    }

    @Override
    public List<LabelledImage> part(Part part, List<String> labels, DataProblems problems)
            throws IOException {
        ImageData own = read(problems);
        List<LabelledImage> known =
                own.of(part).stream()
                        .filter(image -> labels.contains(own.labels().get(image.label())))
                        .map(image -> image.of(labels.indexOf(own.labels().get(image.label()))))
                        .toList();
        if (known.isEmpty()) {
            throw new IOException(
                    "%s has no %s of the model's classes: expected %s, found %s"
                            .formatted(
                                    directory,
                                    part.words(),
                                    String.join(", ", labels),
                                    own.labels()));
        }
        return known;
    }

    private List<Path> trainingFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().matches("data_batch_\\d+\\.bin"))
                    .sorted()
                    .toList();
        }
    }

    private List<String> labels() throws IOException {
        Path names = directory.resolve("batches.meta.txt");
        if (Files.exists(names)) {
            return Files.readAllLines(names).stream().filter(name -> !name.isBlank()).toList();
        }
        return IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList();
    }

    private static List<LabelledImage> images(Path file, int classes, DataProblems problems)
            throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0 || bytes.length % RECORD != 0) {
            problems.add(
                    "%s: %d bytes are no whole number of records of %d (a label and 32×32×3 pixels)"
                            .formatted(file, bytes.length, RECORD));
            return List.of();
        }
        List<LabelledImage> images = new ArrayList<>();
        for (int record = 0; record < bytes.length / RECORD; record++) {
            int at = record * RECORD;
            int label = bytes[at] & 0xff;
            String name = file.getFileName() + " record " + record;
            if (label >= classes) {
                problems.add(name + ": label " + label + ", but there are " + classes + " classes");
            } else {
                images.add(new LabelledImage(name, label, () -> interleaved(bytes, at + 1)));
            }
        }
        return images;
    }

    private static RgbImage interleaved(byte[] planes, int from) {
        byte[] rgb = new byte[3 * PLANE];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = planes[from + i % 3 * PLANE + i / 3];
        }
        return new RgbImage(SIDE, SIDE, rgb);
    }

    @Override
    public void close() {}
}
