package io.dmst.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;

/** The image as it is, on a real engine: with no rights, nothing to write to, and no network. */
class ImageIntegrationTests {

    private static final Path PHOTO = Path.of("src", "test", "resources", "image", "rocket.jpg");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LARGEST = 350_000_000;

    @BeforeAll
    static void engine() throws Exception {
        Engine.assumeImage();
    }

    private static GenericContainer<?> service() {
        return new GenericContainer<>(Engine.image())
                .withImagePullPolicy(name -> false)
                .withTmpFs(Map.of("/tmp", "size=32m"))
                .withCreateContainerCmdModifier(ImageIntegrationTests::restrict)
                .waitingFor(Wait.forHealthcheck().withStartupTimeout(PATIENCE));
    }

    private static void restrict(CreateContainerCmd command) {
        HostConfig host = Objects.requireNonNull(command.getHostConfig());
        host.withReadonlyRootfs(true).withCapDrop(Capability.ALL).withMemory(1L << 30);
    }

    @Test
    void itServesWithNoRightsOnAFileSystemThatCannotBeWritten() throws Exception {
        // with mode on, a cache that does not fit these options ends the JVM instead of being left
        try (GenericContainer<?> service =
                service()
                        .withExposedPorts(8080, 8082)
                        .withEnv("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on")) {
            service.start();

            assertThat(service.isHealthy()).isTrue();
            assertThat(service.execInContainer("id", "-u").getStdout().strip()).isEqualTo("65532");
            assertThat(service.execInContainer("touch", "/opt/dmst/file").getExitCode())
                    .isNotZero();
            assertThat(photo(service).statusCode()).isEqualTo(200);
            assertThat(send(service, 8082, "/actuator/sbom/application").body())
                    .contains("CycloneDX");
            assertThat(service.execInContainer("find", "/tmp", "-size", "+1M").getStdout())
                    .as("nothing is unpacked at run time")
                    .isEmpty();
        }
    }

    @Test
    void itEndsByItselfWhenItIsStopped() throws Exception {
        try (GenericContainer<?> service = service().withExposedPorts(8080)) {
            service.start();
            assertThat(photo(service).statusCode()).isEqualTo(200);

            Engine.client().stopContainerCmd(service.getContainerId()).withTimeout(60).exec();

            InspectContainerResponse ended =
                    Engine.client().inspectContainerCmd(service.getContainerId()).exec();
            // 128 + SIGTERM: the JVM is process 1 and has run its hooks; SIGKILL would be 137
            assertThat(ended.getState().getExitCodeLong()).isEqualTo(143);
            assertThat(service.getLogs()).contains("Completed gRPC server shutdown");
        }
    }

    @Test
    void itAsksNobodyOnTheNet() throws Exception {
        try (GenericContainer<?> service = service().withNetworkMode("none")) {
            service.start();

            assertThat(withoutRoute(service)).as("packets for somewhere else").isZero();
            service.execInContainer("bash", "-c", "echo > /dev/tcp/192.0.2.1/80");
            assertThat(withoutRoute(service)).as("one attempt is seen").isPositive();
        }
    }

    /** Packets that the container's only network, the loopback, could not send. */
    private static long withoutRoute(GenericContainer<?> service) throws Exception {
        String[] rows =
                service.execInContainer("grep", "^Ip:", "/proc/net/snmp").getStdout().split("\n");
        String[] names = rows[0].split(" ");
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals("OutNoRoutes")) {
                return Long.parseLong(rows[1].split(" ")[i]);
            }
        }
        throw new AssertionError("the kernel does not count: " + rows[0]);
    }

    @Test
    void itSaysThatItHasNoEngineToTrainWith() {
        ToStringConsumer log = new ToStringConsumer();
        try (GenericContainer<?> service =
                service()
                        .withLogConsumer(log)
                        .withCommand("--dmst.inference.engine=djl")
                        .waitingFor(Wait.forLogMessage(".*", 1))
                        .withStartupCheckStrategy(
                                new OneShotStartupCheckStrategy().withTimeout(PATIENCE))) {
            assertThatThrownBy(service::start).isInstanceOf(ContainerLaunchException.class);
            assertThat(log.toUtf8String()).contains("this build has no PyTorch");
        }
    }

    @Test
    void itIsSmallAndSaysWhatItIs() throws Exception {
        InspectImageResponse image = Engine.inspected();

        assertThat(Objects.requireNonNull(image.getConfig()).getLabels())
                .containsEntry("org.opencontainers.image.title", "DMST Serve")
                .containsKeys(
                        "org.opencontainers.image.version",
                        "org.opencontainers.image.revision",
                        "org.opencontainers.image.licenses");
        assumeTrue(Engine.baseSize().isPresent(), "the base image is not here to be subtracted");
        long own = Objects.requireNonNull(image.getSize()) - Engine.baseSize().orElseThrow();
        assertThat(own).isBetween(1L, LARGEST);
    }

    private static HttpResponse<String> photo(GenericContainer<?> service) throws Exception {
        return exchange(
                HttpRequest.newBuilder(at(service, 8080, "/v1/classify"))
                        .PUT(BodyPublishers.ofFile(PHOTO)));
    }

    private static HttpResponse<String> send(GenericContainer<?> service, int port, String path)
            throws Exception {
        return exchange(HttpRequest.newBuilder(at(service, port, path)));
    }

    private static HttpResponse<String> exchange(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    request.version(HttpClient.Version.HTTP_1_1).build(), BodyHandlers.ofString());
        }
    }

    private static URI at(GenericContainer<?> service, int port, String path) {
        return URI.create(
                "http://%s:%d%s".formatted(service.getHost(), service.getMappedPort(port), path));
    }
}
