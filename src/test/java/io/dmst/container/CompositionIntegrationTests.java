package io.dmst.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code docker compose up} starts: a gateway, two nodes and a Prometheus, and their loss. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompositionIntegrationTests {

    private static final Duration MEASURE = Duration.ofSeconds(4);
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Composition composition;
    private byte[] picture = {};
    private URI gateway = URI.create("");
    private URI prometheus = URI.create("");

    CompositionIntegrationTests() throws Exception {
        Engine.assumeImage();
        Engine.assumeImage(Composition.PROMETHEUS);
        composition = Composition.find().orElse(null);
        assumeTrue(composition != null, "there is neither docker compose nor docker-compose");
    }

    @BeforeAll
    void up() throws Exception {
        picture = Files.readAllBytes(Path.of("src", "test", "resources", "image", "rocket.jpg"));
        composition.up("gateway", "node-1", "node-2", "prometheus");
        gateway = URI.create("http://localhost:" + composition.port("gateway", 8080));
        prometheus = URI.create("http://localhost:" + composition.port("prometheus", 9090));
        patiently("both nodes to serve").until(() -> serving() == 2);
    }

    @AfterAll
    void down() throws Exception {
        if (composition != null) {
            composition.close();
        }
    }

    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions();
    }

    @Test
    void allIsHealthyScrapedAndUnderRules() throws Exception {
        for (String service : Set.of("gateway", "node-1", "node-2")) {
            patiently(service + " to be healthy")
                    .until(() ->
                            composition
                                    .inspect(service, "{{.State.Health.Status}}")
                                    .equals("healthy"));
            assertThat(composition.inspect(service, "{{.HostConfig.ReadonlyRootfs}}"))
                    .isEqualTo("true");
        }
        try (Load load = new Load(gateway, picture)) {
            assertThat(load.send().statusCode()).isEqualTo(200);
        }
        patiently("three targets").until(() -> value("sum(up{job=\"dmst\"})") == 3);
        patiently("a request to be seen")
                .until(() ->
                        value("sum(dmst_requests_total{tier=\"gateway\",outcome=\"ok\"})") >= 1);
        assertThat(get(prometheus.resolve("/api/v1/rules")).path("data").path("groups").size())
                .isPositive();
    }

    @Test
    void aKilledNodeCostsNoRequestAndComesBack() throws Exception {
        try (Load load = new Load(gateway, picture)) {
            double capacity = capacity();
            load.run(capacity / 2);
            patiently("load").until(() -> load.answered() > capacity);

            composition.kill("node-1");
            patiently("the loss to be noticed").until(() -> serving() == 1);
            long lost = load.answered();
            patiently("the other node to carry all")
                    .until(() -> load.answered() > lost + 2 * capacity);

            composition.start("node-1");
            patiently("its return").until(() -> serving() == 2);
            patiently("its work").until(() -> requests("node-1") > 0);
            load.close();

            System.out.printf(
                    "at half of %.0f requests/s, node-1 killed and started: %s; afterwards %.0f/s%n",
                    capacity, load.answers(), capacity());
            assertThat(load.answers()).containsOnlyKeys("ok");
        }
    }

    private double capacity() throws InterruptedException {
        try (Load load = new Load(gateway, picture)) {
            load.capacity(WARM_UP);
            return load.capacity(MEASURE);
        }
    }

    @Test
    void withoutNodesItRefusesInTheDocumentedFormAndRecoversWithoutARestart() throws Exception {
        String begun = composition.inspect("gateway", "{{.State.StartedAt}}");
        try (Load load = new Load(gateway, picture)) {
            composition.kill("node-1");
            composition.kill("node-2");
            patiently("the loss to be noticed").until(() -> serving() == 0);
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> refused = load.send();
                // at once: a wait would end, after the request's own half minute, as
                // DEADLINE_EXCEEDED
                assertThat(refused.statusCode()).isEqualTo(502);
                assertThat(JsonMapper.shared().readTree(refused.body()).path("code").asString())
                        .isEqualTo("UPSTREAM_UNAVAILABLE");
            }

            composition.start("node-1");
            composition.start("node-2");
            patiently("recovery").until(() -> load.send().statusCode() == 200);
            patiently("both nodes").until(() -> serving() == 2);
        }
        assertThat(composition.inspect("gateway", "{{.State.StartedAt}}")).isEqualTo(begun);
    }

    /** Nodes that serve, as the gateway tells Prometheus. */
    private double serving() throws Exception {
        return value("sum(dmst_gateway_nodes{state=\"serving\"})");
    }

    /** Images that a node has computed since its start. */
    private double requests(String node) throws Exception {
        return value("sum(dmst_batch_size_sum{instance=\"%s:8082\"})".formatted(node));
    }

    /** A query's only value; not a number if it has none. */
    private double value(String query) throws Exception {
        String path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
        JsonNode result = get(prometheus.resolve(path)).path("data").path("result");
        return result.isEmpty()
                ? Double.NaN
                : Double.parseDouble(result.path(0).path("value").path(1).asString());
    }

    private JsonNode get(URI uri) throws Exception {
        return JsonMapper.shared()
                .readTree(
                        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body());
    }
}
