package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The examples do what their first lines promise; that they render, the other tests see. */
class ExamplesTests {

    private static Release example(String name) throws IOException {
        return Chart.render(Files.readString(Chart.DIRECTORY.resolve("examples/" + name)));
    }

    @Test
    void theSmallOnesFitOnASmallMachine() throws IOException {
        assertThat(example("minikube.yaml").all(Deployment.class)).hasSize(1);
        for (String name : List.of("minikube.yaml", "kind.yaml")) {
            double cores = 0;
            double memory = 0;
            for (Deployment deployment : example(name).all(Deployment.class)) {
                var requests =
                        deployment
                                .getSpec()
                                .getTemplate()
                                .getSpec()
                                .getContainers()
                                .getFirst()
                                .getResources()
                                .getRequests();
                int pods = deployment.getSpec().getReplicas();
                cores += pods * requests.get("cpu").getNumericalAmount().doubleValue();
                memory += pods * requests.get("memory").getNumericalAmount().doubleValue();
            }
            assertThat(cores).as(name).isLessThanOrEqualTo(1);
            assertThat(memory).as(name).isLessThanOrEqualTo(4L << 30);
        }
    }

    @Test
    void kserveRunsOurNodesAsTheChartDoes() throws IOException {
        Release nodes =
                Release.read(
                        Files.readString(
                                Chart.DIRECTORY.resolve("examples/kserve-inferenceservice.yaml")));
        assertThat(nodes.manifests().stream().flatMap(Validity::faults)).isEmpty();
        JsonNode predictor =
                nodes.of("InferenceService").findFirst().orElseThrow().at("/spec/predictor");
        PodSpec pod = Release.typed(predictor, PodSpec.class);
        Container container = pod.getContainers().getFirst();
        assertThat(Validity.unknown("", container)).isEmpty();
        assertThat(Validity.unknown("", pod.getSecurityContext())).isEmpty();
        Release ours = Chart.render("{}");
        assertThat(container.getSecurityContext())
                .isEqualTo(ours.container("inference").getSecurityContext());
        assertThat(pod.getTerminationGracePeriodSeconds())
                .isEqualTo(ours.pod("inference").getTerminationGracePeriodSeconds());
        assertThat(container.getReadinessProbe().getHttpGet().getPort())
                .isEqualTo(new IntOrString(8082));
    }

    @Test
    void gatewaysAskTheServiceThatStandsBeforeKservesNodes() throws IOException {
        Release nodes =
                Release.read(
                        Files.readString(
                                Chart.DIRECTORY.resolve("examples/kserve-inferenceservice.yaml")));
        Service service = nodes.one(Service.class, "-headless");
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(example("kserve.yaml").keys("gateway"))
                .containsEntry(
                        "dmst.gateway.nodes[0]",
                        "dns:///" + service.getMetadata().getName() + ":8081");
        assertThat(service.getSpec().getSelector().get("app"))
                .as("what KServe labels its pods with")
                .isEqualTo(
                        "isvc."
                                + Release.name(
                                        nodes.of("InferenceService").findFirst().orElseThrow())
                                + "-predictor");
    }

    @Test
    void theReadmesCommandsNameFilesThatAreThere() throws IOException {
        String readme = Files.readString(Chart.DIRECTORY.resolve("README.md"));
        List<String> files =
                Pattern.compile("(?<=-f )[\\w./-]+|helm/dmst(?= )")
                        .matcher(readme)
                        .results()
                        .map(match -> match.group())
                        .toList();
        assertThat(files)
                .hasSizeGreaterThan(1)
                .allSatisfy(file -> assertThat(Path.of(file)).exists());
    }
}
