package io.dmst.lab.train.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The files of a directory; symbolic links are followed. */
final class DirectoryTree extends FileTree {

    private final Path root;

    private DirectoryTree(Path root) {
        this.root = root;
    }

    static DirectoryTree list(Path root) throws IOException {
        DirectoryTree tree = new DirectoryTree(root);
        try (Stream<Path> paths = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            paths.filter(path -> !path.equals(root))
                    .forEach(path ->
                            tree.add(inside(root, path) + (Files.isDirectory(path) ? "/" : "")));
        } catch (UncheckedIOException e) {
            throw new IOException("%s cannot be listed: %s".formatted(root, e.getCause()), e);
        }
        return tree;
    }

    private static String inside(Path root, Path path) {
        return StreamSupport.stream(root.relativize(path).spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("/"));
    }

    @Override
    byte[] read(String path, int limit) throws IOException {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return in.readNBytes(limit);
        }
    }

    @Override
    public void close() {}
}
