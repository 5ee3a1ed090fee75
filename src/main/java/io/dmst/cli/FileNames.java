package io.dmst.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names of files that are made from other files, in one folder and never twice the same. */
final class FileNames {

    private final Path folder;
    private final Set<String> taken = new HashSet<>();

    /** Makes the folder if it is not there. */
    FileNames(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** The file's name without its ending; with a number if another file has it. */
    Name of(Path source) {
        String file = String.valueOf(source.getFileName());
        int dot = file.lastIndexOf('.');
        String stem = dot > 0 ? file.substring(0, dot) : file;
        String name = stem;
        for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
            name = stem + "-" + i;
        }
        return new Name(folder, name);
    }

    /** The beginning of the names of some files. */
    record Name(Path folder, String stem) {

        Path of(String ending) {
            return folder.resolve(stem + "." + ending);
        }
    }
}
