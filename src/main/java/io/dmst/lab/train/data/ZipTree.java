package io.dmst.lab.train.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The files of a zip. Not the JDK's file system of a zip: an interrupted read would close it for
 * all threads.
 */
final class ZipTree extends FileTree {

    private final ZipFile zip;

    private ZipTree(ZipFile zip) {
        this.zip = zip;
    }

    static ZipTree list(Path file) throws IOException {
        try {
            ZipTree tree = new ZipTree(new ZipFile(file.toFile()));
            tree.zip.stream().map(ZipEntry::getName).forEach(tree::add);
            return tree;
        } catch (ZipException e) {
            throw new IOException(
                    "%s is neither a directory nor a zip: %s".formatted(file, e.getMessage()), e);
        }
    }

    @Override
    byte[] read(String path, int limit) throws IOException {
        ZipEntry entry = zip.getEntry(path);
        if (entry == null) {
            throw new IOException("the zip has no entry " + path);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes(limit);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
