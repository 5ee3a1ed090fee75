package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway and its nodes as processes of their own, under load, while nodes are replaced and
 * killed. As on Kubernetes, each node has an address of its own, and all have one name; the
 * addresses are those of the loopback device, where Linux has millions.
 *
 * <p>{@code -Ddmst.faults.rounds} says how often all nodes and then the list are replaced, {@code
 * -Ddmst.faults.rate} how many requests come in a second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProcessesIntegrationTests {

    private static final int ROUNDS = Integer.getInteger("dmst.faults.rounds", 1);
    private static final Load.Pace PACE =
            new Load.Pace(Integer.getInteger("dmst.faults.rate", 30), 8);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, OwnProcess> nodes = new LinkedHashMap<>();
    private final String block = "127." + ThreadLocalRandom.current().nextInt(1, 255) + ".";
    private int next;
    private int port;
    private int colour;
    private @Nullable Path files;
    private @Nullable HostsFile hosts;
    private @Nullable OwnProcess gateway;

    @BeforeAll
    void start(@TempDir Path files) throws Exception {
        this.files = files;
        assumeThat(System.getProperty("os.name"))
                .as("only Linux has many loopback addresses")
                .isEqualTo("Linux");
        port = freePort();
        hosts = new HostsFile(file("hosts"));
        list();
        add();
        add();
        gateway =
                OwnProcess.start(
                        place("localhost"),
                        hosts().argument(),
                        "--spring.grpc.server.address=127.0.0.1",
                        "--dmst.inference.mode=remote",
                        "--dmst.gateway.nodes=" + file("nodes.txt").toUri(),
                        "--dmst.gateway.resolve-every=1s");
        gateway().ready();
    }

    @BeforeEach
    void everythingWorks() throws Exception {
        gateway().serving(2);
        assertThat(load().lasts(Duration.ofSeconds(1)).end().outcomes()).containsOnlyKeys("ok");
    }

    @AfterEach
    void allServeAgain() {
        gateway().serving(2);
    }

    @AfterAll
    void stop() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
        for (OwnProcess node : nodes.values()) {
            node.close();
        }
    }

    private Path file(String name) {
        return Objects.requireNonNull(files).resolve(name);
    }

    private HostsFile hosts() {
        return Objects.requireNonNull(hosts);
    }

    private OwnProcess gateway() {
        return Objects.requireNonNull(gateway);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private OwnProcess.Place place(String host) throws IOException {
        int grpc = host.equals("localhost") ? freePort() : port;
        return new OwnProcess.Place(
                List.of(), "localhost", new OwnProcess.Ports(freePort(), grpc, freePort()));
    }

    private OwnProcess node(String address) throws IOException {
        return OwnProcess.start(place(address), "--spring.grpc.server.address=" + address);
    }

    /** Name under which the nodes are found now. */
    private String name() {
        return "nodes-" + colour + ".test";
    }

    /** Tells the gateway the name. */
    private void list() throws IOException {
        HostsFile.replace(file("nodes.txt"), "# of the gateway\ndns:///" + name() + ":" + port);
    }

    private String freeAddress() {
        next++;
        return block + (next / 250) + "." + (1 + next % 250);
    }

    /** One more node, which has its name but is not ready yet. */
    private void add() throws IOException {
        String address = freeAddress();
        nodes.put(address, node(address));
        hosts().add(name(), address);
    }

    private Load load() throws IOException {
        return Load.begin(gateway().http("/v1/classify"), PACE, DEADLINE);
    }

    private double attempts() throws Exception {
        return gateway().counter("dmst_gateway_attempts_total");
    }

    private void report(String what, Load.Answers answers, double attempts) throws Exception {
        double tried = (attempts() - attempts) / answers.each().size();
        System.out.printf("faults: %s: %s, attempts %.3f%n", what, answers, tried);
        assertThat(tried).isLessThanOrEqualTo(1.2);
    }

    /** A rolling update: a new one first, then the old one is taken out of the name and stopped. */
    private void replaceEach() throws Exception {
        for (String old : List.copyOf(nodes.keySet())) {
            String address = freeAddress();
            OwnProcess fresh = node(address).ready();
            hosts().replace(name(), old, address);
            nodes.put(address, fresh);
            OwnProcess leaving = Objects.requireNonNull(nodes.remove(old));
            leaving.stop();
            leaving.close();
            gateway().serving(2);
        }
    }

    /**
     * All at once: the list names others; the old ones are stopped when the gateway has read it.
     */
    private void replaceList() throws Exception {
        Map<String, OwnProcess> old = Map.copyOf(nodes);
        nodes.clear();
        colour++;
        add();
        add();
        for (OwnProcess node : nodes.values()) {
            node.ready();
        }
        list();
        await().atMost(PATIENCE)
                .until(() -> {
                    String health = gateway().get("/actuator/health");
                    return nodes.keySet().stream().allMatch(health::contains);
                });
        gateway().serving(2);
        for (OwnProcess leaving : old.values()) {
            leaving.stop();
            leaving.close();
        }
        gateway().serving(2);
    }

    @Test
    void replacingEveryNodeAndThenTheListCostsNoRequest() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            double attempts = attempts();
            Load load = load();
            replaceEach();
            replaceList();
            Load.Answers answers = load.lasts(Duration.ofSeconds(1)).end();
            report("replacement %d of %d".formatted(round, ROUNDS), answers, attempts);
            assertThat(answers.outcomes()).as(gateway().log()).containsOnlyKeys("ok");
        }
    }

    @Test
    void aNodeThatIsKilledCostsNoRequest() throws Exception {
        double attempts = attempts();
        Load load = load().lasts(Duration.ofSeconds(1));
        String address = nodes.keySet().iterator().next();
        Objects.requireNonNull(nodes.get(address)).close();
        load.lasts(Duration.ofSeconds(2));
        OwnProcess back = node(address);
        nodes.put(address, back);
        gateway().serving(2);
        int taken = (int) back.counter("dmst_requests_total", "operation=\"infer\"");
        await().atMost(PATIENCE)
                .until(() -> back.counter("dmst_requests_total", "operation=\"infer\"") > taken);
        Load.Answers answers = load.end();
        report("one of two killed", answers, attempts);
        assertThat(answers.outcomes()).containsOnlyKeys("ok");
    }

    @Test
    void withoutNodesRequestsAreRefusedAtOnceUntilTheyAreBack() throws Exception {
        double attempts = attempts();
        Load load = load();
        for (OwnProcess node : nodes.values()) {
            node.close();
        }
        load.lasts(Duration.ofSeconds(3));
        assertThat(gateway().isReady()).isTrue();
        assertThat(gateway().get("/actuator/health")).contains("\"unreachable\"");
        for (String address : List.copyOf(nodes.keySet())) {
            nodes.put(address, node(address));
        }
        gateway().serving(2);
        Load.Answers answers = load.lasts(Duration.ofSeconds(1)).end();
        report("both killed, and back", answers, attempts);
        assertThat(answers.outcomes()).containsOnlyKeys("ok", "UPSTREAM_UNAVAILABLE");
        assertThat(answers.each().getLast().ok()).isTrue();
    }

    @Test
    void theMetricsOfTheGatewayTellOfItsNodes() throws Exception {
        assertThat(gateway().counter("dmst_gateway_nodes", "serving")).isEqualTo(2);
        assertThat(gateway().counter("dmst_gateway_nodes", "failing")).isZero();
        assertThat(gateway().counter("dmst_gateway_attempts_total", "reason=\"first\""))
                .isPositive();
    }
}
