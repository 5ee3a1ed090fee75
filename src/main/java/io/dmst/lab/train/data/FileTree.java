package io.dmst.lab.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files of a directory or a zip by their paths inside of it, with {@code /} between names, in
 * the order of their characters. Hidden ones, whose name begins with a dot, are left out. Reading
 * is thread-safe; keeps a zip open until closed.
 */
abstract class FileTree implements AutoCloseable {

    private static final String MAC_METADATA = "__MACOSX";

    private final NavigableSet<String> files = new TreeSet<>();
    private final NavigableSet<String> folders = new TreeSet<>();

    /** Opens a directory or a zip. */
    static FileTree open(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            return DirectoryTree.list(source);
        }
        if (!Files.isRegularFile(source)) {
            throw new IOException("no such directory or zip: " + source);
        }
        return ZipTree.list(source);
    }

    /** Takes up a path; one of a folder ends with a slash. */
    final void add(String path) {
        List<String> names = List.of(path.split("/"));
        boolean left =
                names.stream().anyMatch(name -> name.startsWith(".") || name.equals(MAC_METADATA));
        if (path.isEmpty() || left) {
            return;
        }
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            folders.add(path.substring(0, slash + 1));
        }
        if (!path.endsWith("/")) {
            files.add(path);
        }
    }

    /**
     * Names of the folders in a folder, without slashes.
     *
     * @param folder empty for the root, else with a slash at its end
     */
    final List<String> foldersIn(String folder) {
        return below(folders, folder).stream()
                .map(path -> path.substring(folder.length()))
                .filter(path -> path.indexOf('/') == path.length() - 1 && !path.isEmpty())
                .map(path -> path.substring(0, path.length() - 1))
                .toList();
    }

    /** Paths of all files in a folder, at any depth. */
    final List<String> filesBelow(String folder) {
        return List.copyOf(below(files, folder));
    }

    final boolean hasFolder(String folder) {
        return folders.contains(folder);
    }

    private static SortedSet<String> below(NavigableSet<String> paths, String folder) {
        // no character is above the last one that a path can begin its next name with
        return folder.isEmpty() ? paths : paths.subSet(folder, true, folder + '\uffff', true);
    }

    /**
     * Bytes of a file.
     *
     * @param limit at most this many are read
     */
    abstract byte[] read(String path, int limit) throws IOException;

    @Override
    public abstract void close() throws IOException;
}
