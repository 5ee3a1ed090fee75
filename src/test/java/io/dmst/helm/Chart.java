package io.dmst.helm;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The chart in {@code helm/dmst}, rendered by Helm itself. */
final class Chart {

    static final Path DIRECTORY = Path.of("helm", "dmst");

    /** Of which a cluster is imagined. */
    private static final String KUBERNETES = "1.34.0";

    private Chart() {}

    /** What Helm makes of the chart, with values as YAML over those of the chart. */
    static Release render(String values) {
        return render(DIRECTORY, "demo", values);
    }

    static Release render(Path directory, String release, String values) {
        return Release.read(template(directory, release, values));
    }

    private static String template(Path directory, String release, String values) {
        return with(
                values,
                file ->
                        new Helm(directory)
                                .template()
                                .withName(release)
                                .withNamespace("vision")
                                .withKubeVersion(KUBERNETES)
                                .withValuesFile(file)
                                .call());
    }

    /** What Helm tells whoever has installed the chart. */
    static String notes(String values) {
        String said =
                with(
                        values,
                        file ->
                                new Helm(DIRECTORY)
                                        .install()
                                        .withName("demo")
                                        .withNamespace("vision")
                                        .withKubeVersion(KUBERNETES)
                                        .withValuesFile(file)
                                        .clientOnly()
                                        .dryRun()
                                        .withDryRunOption(DryRun.CLIENT)
                                        .call()
                                        .getOutput());
        return said.substring(said.indexOf("NOTES:"));
    }

    private static String with(String values, Function<Path, String> use) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values);
                return use.apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Helm says where it refuses values. */
    static String refusal(String values) {
        try {
            render(values);
        } catch (IllegalStateException refused) {
            return String.valueOf(refused.getMessage());
        }
        throw new AssertionError("Helm took the values: " + values);
    }

    /** A copy whose tests are installed like everything else: Helm does not show hooks. */
    static Path withTestsShown(Path target) throws IOException {
        copy(target);
        Path test = target.resolve("templates/tests/classify.yaml");
        List<String> lines = Files.readAllLines(test);
        Files.write(test, lines.stream().filter(line -> !line.contains("helm.sh/hook")).toList());
        return target;
    }

    /** A copy that a test may change. */
    static Path copy(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(DIRECTORY.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return target;
    }
}
