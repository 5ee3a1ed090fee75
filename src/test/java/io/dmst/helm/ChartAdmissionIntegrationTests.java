package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmst.container.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What an API server, its admission and its controllers make of the chart's releases. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartAdmissionIntegrationTests {

    private static final String CHART = Chart.DIRECTORY.toString();
    private static final String OTHERS =
            """
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1}
            ---
            {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: nvidia}, handler: nvidia}
            """;

    private final Cluster cluster;
    @TempDir Path scratch;
    private String kinds = "";

    ChartAdmissionIntegrationTests() throws Exception {
        cluster = Cluster.restricted("admission", false);
    }

    /** What the values name and the chart does not make. */
    @BeforeAll
    void others(@TempDir Path files) throws Exception {
        for (String kind : CustomResources.KINDS) {
            apply(files, CustomResources.definition(kind).toString());
        }
        apply(files, OTHERS);
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
        kinds =
                cluster.kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name")
                        .lines()
                        .filter(kind -> !kind.startsWith("events"))
                        .collect(Collectors.joining(","));
    }

    private void apply(Path directory, String manifests) throws Exception {
        Path file = Files.writeString(directory.resolve("others.yaml"), manifests);
        cluster.kubectl("apply", "-f", file.toString());
    }

    static Stream<String> situations() {
        return Situations.values().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("situations")
    void everythingIsTakenWithoutAWarningAndLeavesNothing(String situation) throws Exception {
        String values =
                Files.writeString(
                                scratch.resolve("values.yaml"), Situations.values().get(situation))
                        .toString();
        Set<String> before = everything();

        try {
            livesThroughItsTurns(values);
        } finally {
            cluster.helm("uninstall", "demo");
        }
        patiently("nothing to be left")
                .untilAsserted(() -> assertThat(everything()).isEqualTo(before));
    }

    private void livesThroughItsTurns(String values) throws Exception {
        assertUnwarned(cluster.helm("install", "demo", CHART, "-f", values));
        allFieldsAreKnown(values);
        controllersMakePods();
        assertUnwarned(
                cluster.helm(
                        "upgrade", "demo", CHART, "-f", values, "--set", "commonLabels.turn=two"));
        controllersMakePods();
        assertUnwarned(cluster.helm("rollback", "demo", "1"));
        controllersMakePods();
    }

    /** The pod of {@code helm test} among all, which an installation does not make. */
    private void allFieldsAreKnown(String values) throws Exception {
        String rendered = cluster.helm("template", "demo", CHART, "-f", values);
        Path file = Files.writeString(scratch.resolve("rendered.yaml"), rendered);
        assertUnwarned(
                cluster.kubectl(
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        "--dry-run=server",
                        "--validate=strict",
                        "-f",
                        file.toString()));
    }

    private static void assertUnwarned(String printed) {
        assertThat(printed.lines())
                .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("warning"));
    }

    private void controllersMakePods() {
        patiently("pods")
                .untilAsserted(() -> {
                    JsonNode all = cluster.json("get", "deployments");
                    assertThat(all.path("items")).isNotEmpty();
                    for (JsonNode deployment : all.path("items")) {
                        JsonNode status = deployment.path("status");
                        assertThat(status.at("/observedGeneration"))
                                .isEqualTo(deployment.at("/metadata/generation"));
                        assertThat(status.path("updatedReplicas").asInt()).isPositive();
                        assertThat(status.path("replicas").asInt())
                                .isGreaterThanOrEqualTo(deployment.at("/spec/replicas").asInt());
                        assertThat(status.path("conditions"))
                                .noneMatch(condition ->
                                        condition.path("type").asString().equals("ReplicaFailure"));
                    }
                });
    }

    /** Names of all that is in the namespace, whatever its kind. */
    private Set<String> everything() throws Exception {
        return cluster.kubectl("get", kinds, "-o", "name", "--ignore-not-found")
                .lines()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatIsNotRestrictedIsRefusedHere() throws Exception {
        List<String> pod = List.of("run", "other", "--image=other", "--dry-run=server");
        assertThatThrownBy(() -> cluster.kubectl(pod.toArray(String[]::new)))
                .hasMessageContaining("violates PodSecurity \"restricted:latest\"");
    }

    @Test
    void scalersBudgetsAndPoliciesSeeTheirPods() throws Exception {
        String values =
                Files.writeString(
                                scratch.resolve("values.yaml"),
                                Situations.values().get("scaled by Kubernetes"))
                        .toString();
        cluster.helm("install", "seen", CHART, "-f", values);
        try {
            patiently("budgets")
                    .until(() ->
                            cluster.json("get", "pdb")
                                    .path("items")
                                    .valueStream()
                                    .allMatch(budget ->
                                            budget.at("/status/expectedPods").asInt() > 0));
            patiently("scalers")
                    .until(() ->
                            cluster.json("get", "hpa")
                                    .path("items")
                                    .valueStream()
                                    .allMatch(scaler ->
                                            scaler.at("/status/conditions")
                                                    .valueStream()
                                                    .anyMatch(
                                                            ChartAdmissionIntegrationTests
                                                                    ::found)));
            assertThat(cluster.json("get", "hpa").path("items")).hasSize(2);
            assertThat(cluster.json("get", "pdb").path("items")).hasSize(2);
            for (JsonNode policy : cluster.json("get", "networkpolicy").path("items")) {
                String selector =
                        policy.at("/spec/podSelector/matchLabels")
                                .propertyStream()
                                .map(label -> label.getKey() + "=" + label.getValue().asString())
                                .collect(Collectors.joining(","));
                assertThat(cluster.json("get", "pods", "-l", selector).path("items")).isNotEmpty();
            }
        } finally {
            cluster.helm("uninstall", "seen");
        }
    }

    /** Without a source of metrics a scaler gets as far as finding what it would scale. */
    private static boolean found(JsonNode condition) {
        return condition.path("type").asString().equals("AbleToScale")
                && condition.path("status").asString().equals("True");
    }

    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions();
    }
}
