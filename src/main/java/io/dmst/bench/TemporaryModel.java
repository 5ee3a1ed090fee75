package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The {@link IdentityModel} on the disk, for as long as it is open. */
final class TemporaryModel implements AutoCloseable {

    private final Path directory;

    TemporaryModel() throws IOException {
        directory = Files.createTempDirectory("dmst-identity-");
        IdentityModel.write(directory);
    }

    /** Arguments of a service that serves it. */
    List<String> arguments() {
        return List.of("--dmst.inference.model=" + directory, "--dmst.inference.engine=identity");
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
