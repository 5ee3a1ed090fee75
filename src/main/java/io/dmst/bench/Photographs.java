package io.dmst.bench;

import io.dmst.image.ImageDecoder;
import io.dmst.image.Preprocessor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The images that a measurement uses, in turn.
 *
 * @param files encoded, at least one
 */
public record Photographs(List<byte[]> files) {

    private static final String BUNDLED = "rocket.jpg";

    public Photographs {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("expected at least one image");
        }
    }

    /**
     * Of a file, or of all files in a directory and below; the bundled photograph without either.
     *
     * @throws IOException if they cannot be read
     * @throws IllegalArgumentException if there are none
     */
    public static Photographs of(@Nullable Path path) throws IOException {
        if (path == null) {
            try (InputStream file =
                    Objects.requireNonNull(
                            Photographs.class.getResourceAsStream(BUNDLED), BUNDLED)) {
                return new Photographs(List.of(file.readAllBytes()));
            }
        }
        List<Path> paths;
        try (Stream<Path> found = Files.walk(path)) {
            paths = found.filter(Files::isRegularFile).sorted().toList();
        }
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("no files in " + path);
        }
        List<byte[]> files = new ArrayList<>();
        for (Path file : paths) {
            files.add(Files.readAllBytes(file));
        }
        return new Photographs(files);
    }

    /** The file that a request of some number sends. */
    byte[] file(long number) {
        return files.get((int) (number % files.size()));
    }

    /**
     * What the network sees of each.
     *
     * @throws IllegalArgumentException if one is not an image
     */
    List<byte[]> pixels(Preprocessor preprocessor) {
        ImageDecoder decoder = new ImageDecoder();
        return files.stream().map(file -> pixels(decoder, preprocessor, file)).toList();
    }

    /**
     * What the network sees of a file.
     *
     * @throws IllegalArgumentException if it is no image
     */
    static byte[] pixels(ImageDecoder decoder, Preprocessor preprocessor, byte[] file) {
        return decoder.show(
                file,
                preprocessor::apply,
                refused -> {
                    throw new IllegalArgumentException(refused.detail());
                });
    }
}
