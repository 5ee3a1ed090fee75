package io.dmst.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What load tests read and write. */
final class LoadFiles {

    private static final Path RESULTS = Path.of("target", "load");
    private static final Path IMAGES = Path.of("src", "test", "resources", "image");
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private LoadFiles() {}

    /** The bytes of an image of the tests. */
    static byte[] image(String name) throws IOException {
        return Files.readAllBytes(IMAGES.resolve(name));
    }

    /** The path of a result, in a directory that exists. */
    static Path result(String name) throws IOException {
        return Files.createDirectories(RESULTS).resolve(name);
    }

    /** Writes a record, its components' names in snake case. */
    static void write(String name, Object result) throws IOException {
        JSON.writeValue(result(name), result);
    }
}
