package io.dmst.lab.train.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where in a data set its parts and its class folders are. */
final class Layout {

    private static final String TRAIN = "train/";
    private static final String TEST = "test/";
    private static final List<String> VALIDATION = List.of("validation/", "val/");
    private static final Set<String> PART_NAMES = Set.of("train", "test", "validation", "val");

    private final Path source;
    private final FileTree files;
    private final SplitOptions split;
    private final String base;
    private final boolean divided;

    private Layout(Path source, FileTree files, SplitOptions split, String base) {
        this.source = source;
        this.files = files;
        this.split = split;
        this.base = base;
        this.divided = split.mode() == SplitOptions.Mode.FOLDERS && hasParts(files, base);
    }

    /**
     * @throws IOException if the folder that the options name is not there
     */
    static Layout of(Path source, FileTree files, SplitOptions split) throws IOException {
        Layout layout = new Layout(source, files, split, base(source, files, split));
        List<String> folders = files.foldersIn(layout.base);
        if (!layout.divided && !folders.isEmpty() && PART_NAMES.containsAll(folders)) {
            throw new IOException(
                    "%s holds the folders %s, which name parts and no classes; leave --split away where train/ and test/ are there, or name one of them with --folder"
                            .formatted(source, folders));
        }
        return layout;
    }

    private static String base(Path source, FileTree files, SplitOptions split) throws IOException {
        if (!split.folder().isEmpty()) {
            String folder = split.folder() + "/";
            if (!files.hasFolder(folder)) {
                throw new IOException(
                        "%s has no folder %s; its folders are %s"
                                .formatted(source, folder, files.foldersIn("")));
            }
            return folder;
        }
        List<String> folders = files.foldersIn("");
        String only = folders.size() == 1 ? folders.getFirst() + "/" : "";
        boolean wraps =
                folders.size() == 1
                        && !files.foldersIn(only).isEmpty()
                        && !PART_NAMES.contains(folders.getFirst());
        return wraps ? only : "";
    }

    private static boolean hasParts(FileTree files, String base) {
        return files.hasFolder(base + TRAIN) || files.hasFolder(base + TEST);
    }

    /** The folder of a part where it has one of its own. */
    Optional<String> folder(Part part) {
        if (!divided) {
            return Optional.empty();
        }
        List<String> names =
                switch (part) {
                    case TRAIN -> List.of(TRAIN);
                    case VALIDATION -> VALIDATION;
                    case TEST -> List.of(TEST);
                };
        return names.stream().map(name -> base + name).filter(files::hasFolder).findFirst();
    }

    /**
     * The folder that holds the class folders of a part: its own, or the one that it is a share of.
     */
    String classes(Part part) throws IOException {
        Optional<String> own = folder(part);
        if (own.isPresent()) {
            return own.get();
        }
        if (divided && !files.hasFolder(base + TRAIN)) {
            throw new IOException(
                    "expected train/CLASS/FILE in %s; found the folders %s"
                            .formatted(source, files.foldersIn(base)));
        }
        return divided ? base + TRAIN : base;
    }

    /** Whether a plain data set is not to be divided, so that all of it is for testing. */
    boolean undivided(Part part) {
        return part == Part.TEST
                && !divided
                && split.mode() == SplitOptions.Mode.FOLDERS
                && split.test() == 0;
    }

    /**
     * @throws IOException if no rule says which images are for testing
     */
    void requireTest() throws IOException {
        boolean there =
                folder(Part.TEST).isPresent()
                        || split.test() > 0
                        || split.mode() == SplitOptions.Mode.HASH;
        if (!there) {
            throw new IOException(source + " has no test images: " + explained());
        }
    }

    /** Where images of a part can come from, for messages. */
    String explained() {
        return divided
                ? "expected a folder %stest/CLASS/FILE; add one, or take a share of every class with --test 0.1"
                        .formatted(base)
                : "expected train/CLASS/FILE and test/CLASS/FILE, found the folders %s; plain class folders are divided by shares of every class, --test 0.1 --validation 0.1, or by fifths, --split hash"
                        .formatted(files.foldersIn(base));
    }
}
