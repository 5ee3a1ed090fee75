package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What Helm makes of the chart is what Kubernetes takes, and its parts find each other. */
class ChartTests {

    private static final Pattern IMAGE =
            Pattern.compile("[a-z0-9.:/-]+?(:[\\w][\\w.-]*|@sha256:[0-9a-f]{64})");

    @Test
    void helmFindsNoFaultWithTheChart() {
        LintResult lint = new Helm(Chart.DIRECTORY).lint().strict().call();
        assertThat(lint.getMessages())
                .as("only an icon is missing")
                .allMatch(message -> message.contains("icon is recommended"));
        assertThat(lint.isFailed()).isFalse();
    }

    @Test
    void kubernetesKnowsEveryField() {
        assertThat(Situations.releases()).hasSizeGreaterThan(20);
        assertThat(
                        Situations.wrong(
                                release -> release.manifests().stream().flatMap(Validity::faults)))
                .isEmpty();
    }

    @Test
    void misspeltFieldsAreFound() {
        assertThat(
                        Validity.faults(
                                Release.tree(
                                        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: b, imagePulPolicy: Never}]}}")))
                .containsExactly("Pod a.spec.containers[].imagePulPolicy is not known");
        assertThat(
                        Validity.faults(
                                Release.tree(
                                        "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a}, spec: {scaleTargetRef: {name: b}, minReplicas: 1, triggers: [{type: cpu, metadata: {}}]}}")))
                .singleElement()
                .asString()
                .contains("minReplicas");
    }

    @Test
    void textIsNotTakenForANumber() {
        assertThatThrownBy(() ->
                        Validity.faults(
                                        Release.tree(
                                                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: '3'}}"))
                                .toList())
                .hasMessageContaining("replicas");
    }

    @Test
    void namesAreShortEnoughAndEachIsThereOnce() {
        assertThat(
                        Situations.wrong(release ->
                                release.manifests().stream()
                                        .filter(manifest -> Release.name(manifest).length() > 63)
                                        .map(Release::title)))
                .isEmpty();
        Situations.releases()
                .forEach((situation, release) ->
                        assertThat(release.manifests().stream().map(Release::title))
                                .as(situation)
                                .doesNotHaveDuplicates());
    }

    @Test
    void everythingLiesInTheReleasesNamespace() {
        assertThat(
                        Situations.wrong(release ->
                                release.manifests().stream()
                                        .filter(manifest ->
                                                !manifest.at("/metadata/namespace")
                                                        .asString()
                                                        .equals("vision"))
                                        .map(Release::title)))
                .isEmpty();
    }

    @Test
    void everySelectorFindsPodsOfOneTier() {
        assertThat(Situations.wrong(release -> selectors(release).filter(s -> !one(release, s))))
                .isEmpty();
    }

    private static Stream<Map<String, String>> selectors(Release release) {
        return Stream.of(
                        release.services().stream().map(service -> service.getSpec().getSelector()),
                        release.all(Deployment.class).stream()
                                .map(deployment -> deployment.getSpec().getSelector())
                                .map(LabelSelector::getMatchLabels),
                        release.all(PodDisruptionBudget.class).stream()
                                .map(budget -> budget.getSpec().getSelector().getMatchLabels()))
                .flatMap(selector -> selector);
    }

    private static boolean one(Release release, Map<String, String> selector) {
        return !selector.isEmpty()
                && release.pods().stream().filter(pod -> matches(pod, selector)).count() == 1;
    }

    private static boolean matches(PodTemplateSpec pod, Map<String, String> selector) {
        return pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }

    @Test
    void everyServiceLeadsToAPortThatItsPodsOpen() {
        assertThat(
                        Situations.wrong(release ->
                                release.services().stream()
                                        .flatMap(service ->
                                                service.getSpec().getPorts().stream()
                                                        .filter(port ->
                                                                ports(release, service)
                                                                        .noneMatch(open ->
                                                                                port.getTargetPort()
                                                                                        .equals(
                                                                                                new IntOrString(
                                                                                                        open
                                                                                                                .getName()))))
                                                        .map(port ->
                                                                service.getMetadata().getName()
                                                                        + port))))
                .isEmpty();
    }

    private static Stream<ContainerPort> ports(Release release, Service service) {
        return release.pods().stream()
                .filter(pod -> matches(pod, service.getSpec().getSelector()))
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .flatMap(container -> container.getPorts().stream());
    }

    @Test
    void everyProbeAsksThePortOfTheManagement() {
        for (Release release : Situations.releases().values()) {
            for (Deployment deployment : release.all(Deployment.class)) {
                Container container =
                        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
                assertThat(
                                Stream.of(
                                        container.getStartupProbe(),
                                        container.getReadinessProbe(),
                                        container.getLivenessProbe()))
                        .extracting(probe -> probe.getHttpGet().getPort())
                        .containsOnly(new IntOrString("management"));
                assertThat(container.getPorts())
                        .filteredOn(port -> port.getName().equals("management"))
                        .extracting(ContainerPort::getContainerPort)
                        .containsExactly(8082);
            }
        }
    }

    @Test
    void theThreeProbesAskForDifferentThings() {
        Release release = Chart.render("{}");
        assertThat(paths(release.container("inference")))
                .containsExactly("readiness", "readiness", "liveness");
        assertThat(paths(release.container("gateway")))
                .as("a gateway that starts while no node answers must not be started over and over")
                .containsExactly("liveness", "readiness", "liveness");
        assertThat(release.keys("inference"))
                .containsEntry(
                        "management.endpoint.health.group.readiness.include",
                        "readinessState,models");
        assertThat(release.keys("gateway"))
                .as("a gateway without nodes answers with errors that say so")
                .containsEntry(
                        "management.endpoint.health.group.readiness.include", "readinessState");
    }

    private static List<String> paths(Container container) {
        return Stream.of(
                        container.getStartupProbe(),
                        container.getReadinessProbe(),
                        container.getLivenessProbe())
                .map(probe -> probe.getHttpGet().getPath())
                .map(path -> path.replace("/actuator/health/", ""))
                .toList();
    }

    @Test
    void aPodHasTheTimeToStartThatTheValuesName() {
        Probe startup =
                Chart.render("probes: {startupSeconds: 301}")
                        .container("inference")
                        .getStartupProbe();
        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold()).isEqualTo(302);
    }

    @Test
    void imagesHaveATagOrADigest() {
        assertThat(
                        Situations.wrong(release ->
                                containers(release)
                                        .map(Container::getImage)
                                        .filter(image -> !IMAGE.matcher(image).matches())))
                .isEmpty();
        assertThat(Chart.render("image: {tag: '7'}").container("gateway").getImage())
                .isEqualTo("dmst:7");
        Release gpu = Chart.render("{image: {tag: '7'}, inference: {gpu: {enabled: true}}}");
        assertThat(gpu.container("gateway").getImage()).isEqualTo("dmst:7");
        assertThat(gpu.container("inference").getImage()).isEqualTo("dmst:7-gpu");
    }

    private static Stream<Container> containers(Release release) {
        return release.pods().stream()
                .map(PodTemplateSpec::getSpec)
                .flatMap(pod ->
                        Stream.of(pod.getInitContainers(), pod.getContainers())
                                .filter(Objects::nonNull)
                                .flatMap(Collection::stream));
    }

    @Test
    void everyContainerSaysWhatItNeeds() {
        assertThat(
                        Situations.wrong(release ->
                                containers(release)
                                        .filter(container ->
                                                !container
                                                                .getResources()
                                                                .getRequests()
                                                                .keySet()
                                                                .containsAll(
                                                                        List.of("cpu", "memory"))
                                                        || !container
                                                                .getResources()
                                                                .getLimits()
                                                                .containsKey("memory"))
                                        .map(Container::getName)))
                .isEmpty();
        assertThat(
                        Chart.render("inference: {gpu: {enabled: true, count: 2}}")
                                .container("inference")
                                .getResources()
                                .getLimits()
                                .get("nvidia.com/gpu"))
                .hasToString("2");
    }

    @Test
    void whatScalesADeploymentNamesOneAndNothingElseCountsItsPods() {
        for (Release release : Situations.releases().values()) {
            List<String> scaled =
                    Stream.concat(
                                    release.all(HorizontalPodAutoscaler.class).stream()
                                            .map(hpa ->
                                                    hpa.getSpec().getScaleTargetRef().getName()),
                                    release.of("ScaledObject")
                                            .map(each ->
                                                    each.at("/spec/scaleTargetRef/name")
                                                            .asString()))
                            .toList();
            assertThat(scaled).doesNotHaveDuplicates();
            assertThat(release.all(Deployment.class))
                    .filteredOn(each -> each.getSpec().getReplicas() == null)
                    .extracting(each -> each.getMetadata().getName())
                    .containsExactlyInAnyOrderElementsOf(scaled);
        }
        assertThat(Chart.render(Situations.values().get("scaled by KEDA")).of("ScaledObject"))
                .hasSize(1);
        assertThat(
                        Chart.render(Situations.values().get("scaled by Kubernetes"))
                                .all(HorizontalPodAutoscaler.class))
                .extracting(hpa -> hpa.getSpec().getMetrics().size())
                .containsExactly(2, 2);
    }

    @Test
    void maintenanceIsNeverBlockedByABudget() {
        List<PodDisruptionBudget> budgets =
                Situations.releases().values().stream()
                        .flatMap(release -> release.all(PodDisruptionBudget.class).stream())
                        .toList();
        assertThat(budgets)
                .isNotEmpty()
                .allSatisfy(budget -> {
                    assertThat(budget.getSpec().getMinAvailable()).isNull();
                    assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isPositive();
                });
    }

    @Test
    void aRoutesSharesAreAHundred() {
        Release release = Chart.render(Situations.values().get("a canary"));
        for (String kind : List.of("HTTPRoute", "GRPCRoute")) {
            JsonNode backends =
                    release.of(kind).findFirst().orElseThrow().at("/spec/rules/0/backendRefs");
            assertThat(backends.get(0).path("weight").asInt()).isEqualTo(90);
            assertThat(backends.get(1).path("name").asString()).isEqualTo("dmst-canary");
            assertThat(backends.get(1).path("weight").asInt()).isEqualTo(10);
        }
    }

    @Test
    void theChartsVersionOfTheProgramIsTheBuilds() throws Exception {
        JsonNode chart = Release.tree(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")));
        Matcher version =
                Pattern.compile("<artifactId>dmst</artifactId>\\s*<version>([^<]*)</version>")
                        .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(chart.path("appVersion").asString())
                .isEqualTo(version.group(1).replace("-SNAPSHOT", ""));
    }
}
