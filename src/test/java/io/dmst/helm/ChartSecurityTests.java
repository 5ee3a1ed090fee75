package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pods may do little, and are reached by few. */
class ChartSecurityTests {

    private static final Map<String, String> NOBODY = Map.of("app", "stranger");
    private static final Map<String, String> PROMETHEUS =
            Map.of("app.kubernetes.io/name", "prometheus");
    private static final Map<String, String> GATEWAY = pod("gateway");

    private static Map<String, String> pod(String tier) {
        return Map.of(
                "app.kubernetes.io/name",
                "dmst",
                "app.kubernetes.io/instance",
                "demo",
                "app.kubernetes.io/component",
                tier);
    }

    private static List<PodSpec> pods() {
        return Situations.releases().values().stream()
                .flatMap(release -> release.pods().stream())
                .map(PodTemplateSpec::getSpec)
                .toList();
    }

    private static List<Container> containers(PodSpec pod) {
        List<Container> all = new ArrayList<>(pod.getContainers());
        if (pod.getInitContainers() != null) {
            all.addAll(pod.getInitContainers());
        }
        return all;
    }

    @Test
    void podsMeetTheRestrictedStandard() {
        assertThat(pods())
                .isNotEmpty()
                .allSatisfy(pod -> {
                    PodSecurityContext security = pod.getSecurityContext();
                    assertThat(security.getRunAsNonRoot()).isTrue();
                    assertThat(security.getRunAsUser()).isPositive();
                    assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
                    assertThat(pod.getHostNetwork()).isNull();
                    assertThat(pod.getHostPID()).isNull();
                    assertThat(pod.getHostIPC()).isNull();
                    assertThat(pod.getVolumes())
                            .extracting(Volume::getHostPath)
                            .containsOnlyNulls();
                    assertThat(containers(pod)).allSatisfy(ChartSecurityTests::restricted);
                });
    }

    private static void restricted(Container container) {
        SecurityContext security = container.getSecurityContext();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getPrivileged()).isNull();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(security.getCapabilities().getAdd()).isNullOrEmpty();
        assertThat(container.getPorts())
                .allSatisfy(port -> assertThat(port.getHostPort()).isNull());
    }

    @Test
    void podsRunAsTheUserThatTheImageIsMadeFor() throws IOException {
        List<String> users =
                Files.readAllLines(Path.of("Dockerfile")).stream()
                        .filter(line -> line.startsWith("USER "))
                        .map(line -> line.substring("USER ".length()))
                        .toList();
        assertThat(users).isNotEmpty();
        assertThat(pods())
                .allSatisfy(pod ->
                        assertThat(users)
                                .containsOnly(
                                        pod.getSecurityContext().getRunAsUser()
                                                + ":"
                                                + pod.getSecurityContext().getRunAsGroup()));
    }

    @Test
    void nothingIsWrittenButBelowTmp() {
        assertThat(pods())
                .allSatisfy(pod -> {
                    assertThat(containers(pod))
                            .allSatisfy(container ->
                                    assertThat(
                                                    container
                                                            .getSecurityContext()
                                                            .getReadOnlyRootFilesystem())
                                            .isTrue());
                    assertThat(containers(pod))
                            .allSatisfy(container ->
                                    assertThat(container.getVolumeMounts())
                                            .anySatisfy(mount -> {
                                                assertThat(mount.getName()).isEqualTo("tmp");
                                                assertThat(mount.getMountPath()).isEqualTo("/tmp");
                                            }));
                    assertThat(pod.getVolumes())
                            .filteredOn(volume -> volume.getName().equals("tmp"))
                            .singleElement()
                            .satisfies(volume ->
                                    assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull());
                });
    }

    @Test
    void noPodHoldsATokenOrHearsOfOtherServices() {
        assertThat(pods())
                .allSatisfy(pod -> {
                    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
                    assertThat(pod.getEnableServiceLinks()).isFalse();
                    assertThat(pod.getServiceAccountName()).isNotBlank();
                });
        assertThat(
                        Situations.releases().values().stream()
                                .flatMap(release -> release.all(ServiceAccount.class).stream()))
                .isNotEmpty()
                .allSatisfy(
                        account -> assertThat(account.getAutomountServiceAccountToken()).isFalse());
    }

    @Test
    void noServiceIngressOrRouteLeadsToTheManagement() {
        for (Release release : Situations.releases().values()) {
            assertThat(release.services())
                    .flatExtracting(service -> service.getSpec().getPorts())
                    .allSatisfy(port -> {
                        assertThat(port.getPort()).isNotEqualTo(8082);
                        assertThat(port.getTargetPort())
                                .isIn(new IntOrString("http"), new IntOrString("grpc"));
                    });
            assertThat(release.all(Ingress.class))
                    .flatExtracting(ingress -> ingress.getSpec().getRules())
                    .flatExtracting(rule -> rule.getHttp().getPaths())
                    .extracting(path -> path.getBackend().getService().getPort().getName())
                    .allMatch("http"::equals);
            assertThat(Stream.of("HTTPRoute", "GRPCRoute").flatMap(release::of))
                    .allSatisfy(route ->
                            assertThat(route.at("/spec/rules/0/backendRefs"))
                                    .allSatisfy(backend ->
                                            assertThat(backend.path("port").asInt())
                                                    .isIn(8080, 8081)));
        }
    }

    @Test
    void everyDeploymentHasAPolicyOfItsOwn() {
        Situations.releases()
                .forEach((situation, release) -> {
                    if (situation.equals("no policies, budgets or account")) {
                        assertThat(release.all(NetworkPolicy.class)).isEmpty();
                        return;
                    }
                    assertThat(release.all(Deployment.class))
                            .as(situation)
                            .allSatisfy(deployment -> {
                                List<NetworkPolicy> policies =
                                        release.all(NetworkPolicy.class).stream()
                                                .filter(policy ->
                                                        deployment
                                                                .getSpec()
                                                                .getTemplate()
                                                                .getMetadata()
                                                                .getLabels()
                                                                .entrySet()
                                                                .containsAll(
                                                                        policy.getSpec()
                                                                                .getPodSelector()
                                                                                .getMatchLabels()
                                                                                .entrySet()))
                                                .toList();
                                assertThat(policies).hasSize(1);
                                assertThat(policies.getFirst().getSpec().getPolicyTypes())
                                        .containsExactlyInAnyOrder("Ingress", "Egress");
                            });
                });
    }

    /**
     * What a policy says of one who knocks; Kubernetes joins rules and peers by or.
     *
     * @param pod labels of the one who knocks
     * @param space labels of its namespace; null if it is the release's own
     */
    private static boolean admits(
            Release release,
            String tier,
            String port,
            Map<String, String> pod,
            Map<String, String> space) {
        return release.one(NetworkPolicy.class, "-" + tier).getSpec().getIngress().stream()
                .filter(rule ->
                        rule.getPorts().stream()
                                .anyMatch(open -> open.getPort().equals(new IntOrString(port))))
                .anyMatch(rule -> from(rule, pod, space));
    }

    private static boolean from(
            NetworkPolicyIngressRule rule, Map<String, String> pod, Map<String, String> space) {
        return rule.getFrom() == null
                || rule.getFrom().isEmpty()
                || rule.getFrom().stream().anyMatch(peer -> is(peer, pod, space));
    }

    private static boolean is(
            NetworkPolicyPeer peer, Map<String, String> pod, Map<String, String> space) {
        boolean there =
                peer.getNamespaceSelector() == null
                        ? space.isEmpty()
                        : selects(peer.getNamespaceSelector(), space);
        return there && (peer.getPodSelector() == null || selects(peer.getPodSelector(), pod));
    }

    private static boolean selects(LabelSelector selector, Map<String, String> labels) {
        assertThat(selector.getMatchExpressions()).isNullOrEmpty();
        return selector.getMatchLabels() == null
                || labels.entrySet().containsAll(selector.getMatchLabels().entrySet());
    }

    private static final Map<String, String> HERE = Map.of();
    private static final Map<String, String> MONITORING =
            Map.of("kubernetes.io/metadata.name", "monitoring");
    private static final Map<String, String> ELSEWHERE =
            Map.of("kubernetes.io/metadata.name", "elsewhere");

    @Test
    void inferenceNodesHearGatewaysAlone() {
        Release release = Chart.render("{}");
        assertThat(admits(release, "inference", "grpc", GATEWAY, HERE)).isTrue();
        assertThat(admits(release, "inference", "grpc", NOBODY, HERE)).isFalse();
        assertThat(admits(release, "inference", "grpc", GATEWAY, ELSEWHERE)).isFalse();
        assertThat(admits(release, "inference", "http", GATEWAY, HERE)).isFalse();
    }

    @Test
    void theManagementIsForMonitoringAlone() {
        Release release = Chart.render("{}");
        for (String tier : List.of("gateway", "inference")) {
            assertThat(admits(release, tier, "management", PROMETHEUS, HERE)).isTrue();
            assertThat(admits(release, tier, "management", NOBODY, MONITORING)).isTrue();
            assertThat(admits(release, tier, "management", NOBODY, HERE)).isFalse();
            assertThat(admits(release, tier, "management", GATEWAY, HERE)).isFalse();
            assertThat(admits(release, tier, "management", PROMETHEUS, ELSEWHERE)).isFalse();
        }
    }

    @Test
    void anybodyMaySendRequestsUnlessTheValuesSayWho() {
        Release open = Chart.render("{}");
        assertThat(admits(open, "gateway", "http", NOBODY, ELSEWHERE)).isTrue();
        Release closed = Chart.render(Situations.values().get("few may come"));
        assertThat(admits(closed, "gateway", "http", NOBODY, ELSEWHERE)).isFalse();
        assertThat(admits(closed, "gateway", "grpc", NOBODY, Map.of("team", "shop"))).isTrue();
        assertThat(admits(closed, "gateway", "http", pod("test"), HERE)).as("helm test").isTrue();
        assertThat(admits(closed, "gateway", "management", PROMETHEUS, HERE)).isFalse();
        assertThat(admits(closed, "gateway", "management", Map.of("app", "scraper"), HERE))
                .isTrue();
    }

    @Test
    void podsConnectToLittleElse() {
        assertThat(egress(Chart.render("{}"), "gateway")).containsExactlyInAnyOrder("53", "grpc");
        assertThat(egress(Chart.render("{}"), "inference")).containsExactly("53");
        assertThat(egress(Chart.render(Situations.values().get("the model from S3")), "inference"))
                .containsExactlyInAnyOrder("53", "9000");
        assertThat(
                        egress(
                                Chart.render(Situations.values().get("the model from an open S3")),
                                "inference"))
                .containsExactlyInAnyOrder("53", "443");
        assertThat(egress(Chart.render(Situations.values().get("few may come")), "gateway"))
                .containsExactlyInAnyOrder("53", "grpc", "4318");
    }

    private static Set<String> egress(Release release, String tier) {
        return release.one(NetworkPolicy.class, "-" + tier).getSpec().getEgress().stream()
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> String.valueOf(port.getPort().getValue()))
                .collect(Collectors.toSet());
    }

    @Test
    void withCertificatesBothTiersHaveThemAndNobodyElseIsHeard() {
        for (String situation :
                List.of("certificates that are there", "certificates by cert-manager")) {
            Release release = Chart.render(Situations.values().get(situation));
            for (String tier : List.of("gateway", "inference")) {
                assertThat(release.container(tier).getVolumeMounts())
                        .anyMatch(mount -> mount.getMountPath().equals("/etc/dmst/tls"));
            }
            assertThat(release.keys("inference"))
                    .containsEntry("spring.grpc.server.ssl.client-auth", "require")
                    .containsEntry("spring.grpc.server.ssl.bundle", "nodes");
            assertThat(release.keys("gateway")).containsEntry("dmst.gateway.ssl-bundle", "nodes");
        }
        Release made = Chart.render(Situations.values().get("certificates by cert-manager"));
        Set<String> secrets =
                made.of("Certificate")
                        .map(each -> each.at("/spec/secretName").asString())
                        .collect(Collectors.toSet());
        assertThat(
                        Stream.of("gateway", "inference")
                                .map(tier -> made.pod(tier).getVolumes())
                                .flatMap(Collection::stream)
                                .filter(volume -> volume.getSecret() != null)
                                .map(volume -> volume.getSecret().getSecretName()))
                .containsExactlyInAnyOrderElementsOf(secrets);
        String node = made.keys("gateway").get("dmst.gateway.nodes[0]");
        assertThat(
                        made.of("Certificate")
                                .flatMap(each -> each.at("/spec/dnsNames").valueStream())
                                .map(name -> "dns:///" + name.asString() + ":8081"))
                .as("a node is asked for by the name that its certificate has")
                .contains(node);
    }

    @Test
    void secretsAreNamedAndNeverWritten() {
        assertThat(Situations.wrong(release -> release.of("Secret").map(Release::title))).isEmpty();
        assertThat(pods())
                .flatExtracting(PodSpec::getContainers)
                .flatExtracting(Container::getEnv)
                .extracting(EnvVar::getName)
                .noneMatch(name -> name.contains("SECRET") || name.contains("PASSWORD"));
    }
}
