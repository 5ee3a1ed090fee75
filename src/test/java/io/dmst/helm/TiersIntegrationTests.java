package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.DmstApplication;
import io.dmst.cli.Dmst;
import io.dmst.serve.predict.Models;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Real tiers, started with what the chart writes into their ConfigMaps, certificates and all. */
class TiersIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NODES = "dns:///demo-dmst-inference-headless:8081";

    @TempDir static Path directory = Path.of("");

    private static Release release = new Release(List.of());
    private static @Nullable ConfigurableApplicationContext node;

    @BeforeAll
    static void renderAndCertify() throws Exception {
        Path chart = Chart.withTestsShown(directory.resolve("chart"));
        release =
                Chart.render(
                        chart,
                        "demo",
                        Situations.values().get("certificates that are there")
                                + "\ntest: {seconds: 1}");
        Certificates authority = new Certificates(Files.createDirectory(directory.resolve("tls")));
        authority.issue("inference", "dns:localhost,dns:demo-dmst-inference-headless");
        authority.issue("gateway", "dns:demo-dmst-gateway");
        node = start("inference", release.application("inference"));
    }

    /** Starts a tier as its pod does, but on free ports and with certificates of this test. */
    private static ConfigurableApplicationContext start(String tier, String application)
            throws IOException {
        String nodes =
                node == null
                        ? ""
                        : "localhost:" + node.getBean(GrpcServerLifecycle.class).getPort();
        Path config = Files.createTempDirectory(directory, tier);
        Files.writeString(
                config.resolve("application.yaml"),
                application
                        .replace("/etc/dmst/tls/", directory.resolve("tls/" + tier) + "/")
                        .replace(NODES, nodes));
        return new SpringApplicationBuilder(DmstApplication.class)
                .run(
                        "--spring.config.additional-location=" + config + "/",
                        "--dmst.shutdown.pre-drain-delay=0s",
                        "--server.port=0",
                        "--spring.grpc.server.port=0",
                        "--management.server.port=0");
    }

    private static int port(ConfigurableApplicationContext context, String name) {
        return Integer.parseInt(
                Objects.requireNonNull(
                        context.getEnvironment().getProperty("local." + name + ".port")));
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
                    BodyHandlers.ofString());
        }
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void theTestOfTheReleaseClassifiesAPhotographOverCertificates() throws Exception {
        try (ConfigurableApplicationContext gateway =
                start("gateway", release.application("gateway"))) {
            await().atMost(PATIENCE).until(() -> gateway.getBean(Models.class).ready());
            probesAnswer(Objects.requireNonNull(node), "inference");
            probesAnswer(gateway, "gateway");
            assertThat(helmTest(gateway)).isZero();
        }
    }

    @Test
    void aNodeHearsNobodyWithoutACertificateAndAGatewayThatIsAloneStaysInItsService()
            throws Exception {
        String without =
                release.application("gateway").replaceFirst("(?m)^ +keystore:\n.*\n.*\n", "");
        assertThat(without).contains("truststore").doesNotContain("keystore");
        try (ConfigurableApplicationContext stranger = start("gateway", without)) {
            assertThat(helmTest(stranger)).isEqualTo(1);
            assertThat(stranger.getBean(Models.class).ready()).isFalse();
            probesAnswer(stranger, "gateway");
        }
    }

    /** The arguments of the test's pod, with the address of this test. */
    private static int helmTest(ConfigurableApplicationContext gateway) {
        List<String> arguments =
                release.one(Pod.class, "-test").getSpec().getContainers().getFirst().getArgs();
        return Dmst.run(
                arguments.stream()
                        .map(each ->
                                each.replace(
                                        "demo-dmst:8080", "localhost:" + port(gateway, "server")))
                        .toArray(String[]::new));
    }

    private static void probesAnswer(ConfigurableApplicationContext context, String tier)
            throws Exception {
        for (String path :
                List.of(
                        release.container(tier).getStartupProbe().getHttpGet().getPath(),
                        release.container(tier).getReadinessProbe().getHttpGet().getPath(),
                        release.container(tier).getLivenessProbe().getHttpGet().getPath())) {
            assertThat(get(port(context, "management"), path).statusCode())
                    .as(tier + path)
                    .isEqualTo(200);
        }
    }
}
