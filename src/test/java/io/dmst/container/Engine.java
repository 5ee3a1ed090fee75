package io.dmst.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** The Docker engine of this machine and the images that {@code .ci/containers} makes there. */
public final class Engine {

    private static final String IMAGE = variable("DMST_IMAGE", "dmst:cpu");
    private static final String BASE = variable("DMST_BASE_IMAGE", "dmst-base:12");

    private Engine() {}

    static String variable(String name, String otherwise) {
        return Optional.ofNullable(System.getenv(name)).orElse(otherwise);
    }

    /** Skips a test where no engine answers, or has no image of the service. */
    static void assumeImage() throws InterruptedException {
        assumeImage(IMAGE);
    }

    static void assumeImage(String name) throws InterruptedException {
        try {
            run(Map.of(), List.of("docker", "image", "inspect", name));
        } catch (IOException e) {
            String reason = e.getMessage().strip().lines().reduce((first, last) -> last).orElse("");
            assumeTrue(false, ".ci/containers makes the image %s: %s".formatted(name, reason));
        }
    }

    static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    static DockerImageName image() {
        return DockerImageName.parse(IMAGE);
    }

    static InspectImageResponse inspected() {
        return client().inspectImageCmd(IMAGE).exec();
    }

    /** Bytes of the base image, where it is known. */
    static Optional<Long> baseSize() throws InterruptedException {
        try {
            run(Map.of(), List.of("docker", "image", "inspect", BASE));
            return Optional.ofNullable(client().inspectImageCmd(BASE).exec().getSize());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * What a program prints.
     *
     * @throws IOException if it cannot be started, takes minutes, or fails
     */
    static String run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " has failed:\n" + output);
        }
        return output;
    }
}
