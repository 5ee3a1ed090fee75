package io.dmst.bench;

import io.dmst.image.Decoded;
import io.dmst.image.ImageDecoder;
import io.dmst.image.Preprocessor;
import io.dmst.image.RgbImage;
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
        return files.stream().map(file -> preprocessor.apply(decoded(decoder, file))).toList();
    }

    /**
     * A file as a picture.
     *
     * @throws IllegalArgumentException if it is none
     */
    static RgbImage decoded(ImageDecoder decoder, byte[] file) {
        return switch (decoder.decode(file)) {
            case Decoded.Picture picture -> picture.image();
            case Decoded.Refused refused -> throw new IllegalArgumentException(refused.detail());
        };
    }
}
