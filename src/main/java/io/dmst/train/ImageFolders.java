package io.dmst.train;

import io.dmst.image.Decoded;
import io.dmst.image.ImageDecoder;
import io.dmst.image.RgbImage;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * Images in folders named by their class, in a directory or a zip: {@code train/CLASS/FILE} and
 * {@code test/CLASS/FILE} ({@code val} and {@code validation} are accepted for test).
 *
 * <p>Keeps a zip open until closed.
 */
final class ImageFolders implements DataSet {

    private static final List<String> TEST = List.of("test", "val", "validation");
    private static final Set<String> IMAGE_ENDINGS =
            Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp");

    private static final ImageDecoder DECODER = new ImageDecoder();

    private final Path root;
    private final Optional<FileSystem> zip;

    private ImageFolders(Path root, Optional<FileSystem> zip) {
        this.root = root;
        this.zip = zip;
    }

    /** Opens a directory or a zip. */
    static ImageFolders open(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            return new ImageFolders(source, Optional.empty());
        }
        if (!Files.isRegularFile(source)) {
            throw new IOException("no such directory or zip: " + source);
        }
        try {
            FileSystem zip = FileSystems.newFileSystem(source);
            return new ImageFolders(zip.getPath("/"), Optional.of(zip));
        } catch (ProviderNotFoundException | ZipException e) {
            throw new IOException(source + " is neither a directory nor a zip", e);
        }
    }

    /** The images by split, classes in alphabetical order. */
    @Override
    public ImageData read(Problems problems) throws IOException {
        Path base = base();
        Path train = base.resolve("train");
        Path test = split(base, TEST);
        List<String> labels = folders(train);
        if (labels.size() < 2) {
            throw new IOException(
                    "%s has %d class folders; a classifier needs at least 2 of train/CLASS/FILE"
                            .formatted(train, labels.size()));
        }
        reportUnknown(test, labels, problems);
        return new ImageData(
                labels, images(train, labels, problems), images(test, labels, problems));
    }

    /** The test split, or where there are no splits all class folders. */
    @Override
    public List<LabelledImage> test(List<String> labels, Problems problems) throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (Path parent : parents()) {
            TEST.forEach(name -> candidates.add(parent.resolve(name)));
            candidates.add(parent);
        }
        for (Path candidate : candidates) {
            if (Files.isDirectory(candidate)
                    && folders(candidate).stream().anyMatch(labels::contains)) {
                reportUnknown(candidate, labels, problems);
                return images(candidate, labels, problems);
            }
        }
        throw new IOException(
                "%s has no folders named by the model's classes: %s"
                        .formatted(root, String.join(", ", labels)));
    }

    private static void reportUnknown(Path split, List<String> labels, Problems problems)
            throws IOException {
        for (String label : folders(split)) {
            if (!labels.contains(label)) {
                problems.add(split.resolve(label) + ": no such class");
            }
        }
    }

    /** The root, and the only folder in it where there is only one. */
    private List<Path> parents() throws IOException {
        List<String> inner = folders(root);
        return inner.size() == 1 ? List.of(root, root.resolve(inner.getFirst())) : List.of(root);
    }

    /** The folder that has the splits: the root, or the only folder in it. */
    private Path base() throws IOException {
        for (Path parent : parents()) {
            if (Files.isDirectory(parent.resolve("train"))) {
                return parent;
            }
        }
        throw new IOException(
                "expected train/CLASS/FILE and test/CLASS/FILE in the data set; found the folders "
                        + folders(root));
    }

    private static Path split(Path base, List<String> names) throws IOException {
        for (String name : names) {
            if (Files.isDirectory(base.resolve(name))) {
                return base.resolve(name);
            }
        }
        throw new IOException("the data set has no folder of test images: one of " + names);
    }

    private static List<String> folders(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString().replace("/", ""))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static List<LabelledImage> images(Path split, List<String> labels, Problems problems)
            throws IOException {
        List<LabelledImage> images = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            Path folder = split.resolve(labels.get(label));
            List<Path> files = Files.isDirectory(folder) ? files(folder) : List.of();
            if (files.isEmpty()) {
                problems.add(folder + ": the class has no images");
            }
            for (Path file : files) {
                LabelledImage.Source source = () -> decode(Files.readAllBytes(file));
                images.add(new LabelledImage(file.toString(), label, source));
            }
        }
        return images;
    }

    private static RgbImage decode(byte[] file) throws IOException {
        return switch (DECODER.decode(file)) {
            case Decoded.Picture picture -> picture.image();
            case Decoded.Refused refused -> throw new IOException(refused.detail());
        };
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(ImageFolders::isImage)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && IMAGE_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    @Override
    public void close() throws IOException {
        if (zip.isPresent()) {
            zip.get().close();
        }
    }
}
