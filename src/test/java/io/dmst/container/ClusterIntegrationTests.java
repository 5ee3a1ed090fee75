package io.dmst.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The chart's pods as Kubernetes runs them: two gateways and two nodes, replaced and killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIntegrationTests {

    private static final String CHART = "helm/dmst";
    private static final String VALUES = CHART + "/examples/kind.yaml";
    private static final double PER_SECOND = 8;

    private final Cluster cluster;
    private byte[] picture = {};
    private URI service = URI.create("");

    ClusterIntegrationTests() throws Exception {
        cluster = Cluster.restricted("pods", true);
    }

    @BeforeAll
    void install() throws Exception {
        picture = Files.readAllBytes(Path.of("src", "test", "resources", "image", "rocket.jpg"));
        cluster.helm(
                "install",
                "dmst",
                CHART,
                "-f",
                VALUES,
                "--set",
                "gateway.replicas=2",
                "--wait",
                "--timeout=150s");
        String address = cluster.json("get", "service", "dmst").at("/spec/clusterIP").asString();
        service = URI.create("http://" + address + ":8080");
    }

    @AfterAll
    void uninstall() throws Exception {
        cluster.helm("uninstall", "dmst", "--wait", "--timeout=150s");
    }

    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions();
    }

    @Test
    void helmsOwnTestPasses() throws Exception {
        assertThat(cluster.helm("test", "dmst")).contains("Succeeded");
    }

    @Test
    void replacingAllPodsOfATierCostsNoRequest() throws Exception {
        for (String tier : List.of("inference", "gateway")) {
            try (Load load = new Load(service, picture)) {
                load.run(PER_SECOND);
                cluster.kubectl("rollout", "restart", "deployment/dmst-" + tier);
                cluster.kubectl("rollout", "status", "deployment/dmst-" + tier, "--timeout=170s");
                patiently("old pods to be gone").until(() -> pods(tier).size() == 2);
                load.close();
                System.out.printf("%s replaced: %s%n", tier, load.answers());
                assertThat(load.answers()).containsOnlyKeys("ok");
            }
        }
    }

    @Test
    void anUpgradeAndItsRollbackCostNoRequest() throws Exception {
        try (Load load = new Load(service, picture)) {
            load.run(PER_SECOND);
            cluster.helm(
                    "upgrade",
                    "dmst",
                    CHART,
                    "--reuse-values",
                    "--set",
                    "config.dmst.request.max-images=4",
                    "--wait",
                    "--timeout=170s");
            cluster.helm("rollback", "dmst", "--wait", "--timeout=170s");
            load.close();
            System.out.printf("upgraded and rolled back: %s%n", load.answers());
            assertThat(load.answers()).containsOnlyKeys("ok");
        }
    }

    @Test
    void aNodeThatIsGoneAtOnceCostsNoRequest() throws Exception {
        String lost = pods("inference").getFirst();
        try (Load load = new Load(service, picture)) {
            load.run(PER_SECOND);
            patiently("load").until(() -> load.answered() > 2 * PER_SECOND);
            cluster.kubectl("delete", "pod", lost, "--force", "--grace-period=0");
            cluster.kubectl("rollout", "status", "deployment/dmst-inference", "--timeout=170s");
            load.close();
            System.out.printf("a node deleted by force: %s%n", load.answers());
            assertThat(load.answers()).containsOnlyKeys("ok");
        }
        assertThat(pods("inference")).hasSize(2).doesNotContain(lost);
    }

    private List<String> pods(String tier) throws Exception {
        String selector = "app.kubernetes.io/instance=dmst,app.kubernetes.io/component=" + tier;
        return cluster.json("get", "pods", "-l", selector)
                .path("items")
                .valueStream()
                .map((JsonNode pod) -> pod.at("/metadata/name").asString())
                .toList();
    }
}
