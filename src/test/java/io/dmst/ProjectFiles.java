package io.dmst;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of the project as a reader of the repository sees them. */
final class ProjectFiles {

    private static final Path TOP = Path.of("");

    private ProjectFiles() {}

    /**
     * All files that git tracks or would track, relative to the project; outside a checkout, all
     * files but build outputs.
     */
    static List<Path> all() throws IOException, InterruptedException {
        List<Path> listed = listedByGit();
        return listed.isEmpty() ? found() : listed;
    }

    /** All Java sources, of the product and of its tests. */
    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    /** The text of a file; empty for a binary one. */
    static Optional<String> text(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> listedByGit() throws InterruptedException, IOException {
        Process git;
        try {
            git =
                    new ProcessBuilder("git", "ls-files", "-z", "-c", "-o", "--exclude-standard")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException absent) {
            return List.of();
        }
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (git.waitFor() != 0) {
            return List.of();
        }
        return Stream.of(names.split("\0"))
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .filter(Files::isRegularFile)
                .toList();
    }

    private static List<Path> found() throws IOException {
        try (Stream<Path> files = Files.walk(TOP)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith("target") && !file.startsWith(".git"))
                    .toList();
        }
    }
}
