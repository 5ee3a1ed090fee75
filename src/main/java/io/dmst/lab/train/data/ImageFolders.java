package io.dmst.lab.train.data;

import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.ImageLimits;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Images in folders named by their class, in a directory or a zip: {@code train/CLASS/FILE} with
 * {@code test/} and perhaps {@code validation/} or {@code val/} beside it, or plain {@code
 * CLASS/FILE}. Classes are in the order of their names' characters, images of a class too.
 *
 * <p>Keeps a zip open until closed.
 */
final class ImageFolders implements DataSet {

    private static final Set<String> IMAGE_ENDINGS =
            Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp");

    private static final ImageDecoder DECODER = new ImageDecoder();

    private final Path source;
    private final FileTree files;
    private final SplitOptions split;

    ImageFolders(Path source, FileTree files, SplitOptions split) {
        this.source = source;
        this.files = files;
        this.split = split;
    }

    @Override
    public ImageData read(DataProblems problems) throws IOException {
        Layout layout = Layout.of(source, files, split);
        List<String> labels = labels(layout.classes(Part.TRAIN), problems);
        layout.requireTest();
        return new ImageData(labels, parts(layout, labels, problems));
    }

    /** Names of the class folders that have images. */
    private List<String> labels(String folder, DataProblems problems) throws IOException {
        List<String> labels = new ArrayList<>();
        for (String label : files.foldersIn(folder)) {
            ClassName.check(folder, label);
            if (images(folder + label + "/").isEmpty()) {
                problems.add(folder + label + ": the class has no images");
            } else {
                labels.add(label);
                noteNested(folder + label, problems);
            }
        }
        if (labels.size() < 2) {
            throw new IOException(
                    "%s has %d class folders with images in %s, %s; a classifier needs at least 2"
                            .formatted(source, labels.size(), named(folder), labels));
        }
        return labels;
    }

    /** Says where folders inside of a class are perhaps the classes. */
    private void noteNested(String folder, DataProblems problems) {
        List<String> inner = files.foldersIn(folder + "/");
        boolean direct =
                images(folder + "/").stream()
                        .anyMatch(file -> file.lastIndexOf('/') == folder.length());
        if (inner.size() > 1 && !direct) {
            problems.note(
                    "%s/ is taken as one class; if its %d folders are the classes, name it: --folder %s"
                            .formatted(folder, inner.size(), folder));
        }
    }

    private static String named(String folder) {
        return folder.isEmpty() ? "its root" : folder;
    }

    /** One part; where there are no parts at all, all images are for testing. */
    @Override
    public List<LabelledImage> part(Part part, List<String> labels, DataProblems problems)
            throws IOException {
        Layout layout = Layout.of(source, files, split);
        String folder = layout.classes(part);
        if (files.foldersIn(folder).stream().noneMatch(labels::contains)) {
            throw new IOException(
                    "%s has no folders named by the model's classes in %s: expected %s, found %s"
                            .formatted(
                                    source,
                                    named(folder),
                                    String.join(", ", labels),
                                    files.foldersIn(folder)));
        }
        if (layout.folder(part).isPresent() || layout.undivided(part)) {
            return images(folder, labels, problems);
        }
        reportUnknown(folder, labels, problems);
        List<LabelledImage> images =
                shared(layout, labels, new DataProblems()).getOrDefault(part, List.of());
        if (images.isEmpty()) {
            throw new IOException(
                    "%s has no %s: %s".formatted(source, part.words(), layout.explained()));
        }
        return images;
    }

    /** Folders as they are, shares of the training folder for the parts without one. */
    private Map<Part, List<LabelledImage>> parts(
            Layout layout, List<String> labels, DataProblems problems) throws IOException {
        Map<Part, List<LabelledImage>> parts = new EnumMap<>(shared(layout, labels, problems));
        for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
            layout.folder(part)
                    .ifPresent(folder -> parts.put(part, images(folder, labels, problems)));
        }
        return parts;
    }

    private Map<Part, List<LabelledImage>> shared(
            Layout layout, List<String> labels, DataProblems problems) throws IOException {
        String folder = layout.classes(Part.TRAIN);
        List<LabelledImage> all = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            all.addAll(images(folder + labels.get(label) + "/", label));
        }
        if (split.mode() == SplitOptions.Mode.HASH) {
            return Splitter.hashed(all);
        }
        double validation = layout.folder(Part.VALIDATION).isPresent() ? 0 : split.validation();
        double test = layout.folder(Part.TEST).isPresent() ? 0 : split.test();
        if (validation + test > 0) {
            noteSmall(all, labels, problems);
        }
        return Splitter.shares(all, validation, test, split.seed());
    }

    private static void noteSmall(
            List<LabelledImage> images, List<String> labels, DataProblems problems) {
        int[] counts =
                ClassWeights.counts(
                        images.stream().mapToInt(LabelledImage::label).toArray(), labels.size());
        for (int label = 0; label < counts.length; label++) {
            if (counts[label] > 0 && counts[label] < 3) {
                problems.note(
                        "class %s has fewer than 3 images (%d): the first is for training, a second for testing where no folder is; from 3 on a class is in every part"
                                .formatted(labels.get(label), counts[label]));
            }
        }
    }

    private void reportUnknown(String folder, List<String> labels, DataProblems problems) {
        Set<String> known = new HashSet<>(labels);
        for (String label : files.foldersIn(folder)) {
            if (!known.contains(label)) {
                problems.add(folder + label + ": no such class");
            }
        }
    }

    /** All images of known classes in a folder. */
    private List<LabelledImage> images(String folder, List<String> labels, DataProblems problems) {
        reportUnknown(folder, labels, problems);
        List<LabelledImage> images = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            List<LabelledImage> own = images(folder + labels.get(label) + "/", label);
            if (own.isEmpty()) {
                problems.add(folder + labels.get(label) + ": the class has no images");
            }
            images.addAll(own);
        }
        return images;
    }

    private List<LabelledImage> images(String folder, int label) {
        return images(folder).stream()
                .map(file -> new LabelledImage(file, label, () -> decode(file)))
                .toList();
    }

    private List<String> images(String folder) {
        return files.filesBelow(folder).stream().filter(ImageFolders::isImage).toList();
    }

    private RgbImage decode(String file) throws IOException {
        // one byte more than the decoder takes, so that it says what is too large
        byte[] bytes = files.read(file, ImageLimits.DEFAULT_MAX_BYTES + 1);
        return switch (DECODER.decode(bytes)) {
            case Decoded.Picture picture -> picture.image();
            case Decoded.Refused refused -> throw new IOException(refused.detail());
        };
    }

    private static boolean isImage(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return IMAGE_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
