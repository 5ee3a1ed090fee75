package io.dmst.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values that matter, each with its name, and what the chart makes of them. */
final class Situations {

    private static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put("as it is", "{}");
        VALUES.put("one tier", "mode: local");
        VALUES.put(
                "one tier with everything around",
                """
                mode: local
                inference: {autoscaling: {kind: hpa}}
                ingress: {enabled: true, hosts: [vision.example], className: edge}
                route: {http: {enabled: true}, grpc: {enabled: true}, parentRefs: [{name: edge}]}
                metrics: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true}}
                """);
        VALUES.put(
                "GPUs",
                """
                inference:
                  gpu: {enabled: true, count: 1, runtimeClassName: nvidia}
                  tolerations: [{key: only-vision, operator: Exists}]
                  nodeSelector: {accelerator: h100}
                """);
        VALUES.put(
                "scaled by Kubernetes",
                """
                gateway: {autoscaling: {enabled: true, requests: {perSecond: 50}}}
                inference: {autoscaling: {kind: hpa, queue: {depth: 16}}}
                """);
        VALUES.put(
                "scaled by KEDA",
                """
                inference:
                  autoscaling: {kind: keda, prometheus: "http://prometheus:9090", wait: 0.5, queue: {depth: 16}}
                """);
        VALUES.put(
                "a canary",
                """
                route:
                  http: {enabled: true}
                  grpc: {enabled: true}
                  parentRefs: [{name: edge, namespace: gateways}]
                  hostnames: [vision.example]
                  canary: {service: dmst-canary, weight: 10}
                """);
        VALUES.put(
                "certificates that are there",
                "tls: {enabled: true, inferenceSecretName: nodes, gatewaySecretName: gateways}");
        VALUES.put(
                "certificates by cert-manager",
                "tls: {enabled: true, certManager: {enabled: true, issuerRef: {name: ca, kind: Issuer}}}");
        VALUES.put(
                "the model from a claim",
                "model: {source: pvc, pvc: {claimName: models, subPath: mine}}");
        VALUES.put(
                "the model from an image",
                "model: {source: image, image: {reference: 'registry.example/model:1', subPath: mine}}");
        VALUES.put(
                "the model from S3",
                """
                model:
                  source: s3
                  s3: {uri: 's3://models/mine', endpoint: 'http://minio:9000', region: here, image: 'aws:1', secretName: store}
                """);
        VALUES.put(
                "the model from an open S3",
                "model: {source: s3, s3: {uri: 's3://models/mine', image: 'aws:1'}}");
        VALUES.put(
                "the model from a registry",
                "model: {source: oci, oci: {reference: 'registry.example/model:1', image: 'oras:1', secretName: registry}}");
        VALUES.put(
                "foreign nodes",
                "{inference: {enabled: false}, gateway: {nodes: ['dns:///triton:8001', 'node-3:8081']}}");
        VALUES.put(
                "few may come",
                """
                networkPolicy:
                  clients: [{namespaceSelector: {matchLabels: {team: shop}}}]
                  monitoring: [{podSelector: {matchLabels: {app: scraper}}}]
                  extraEgress: [{ports: [{port: 4318}]}]
                gateway: {fallback: local}
                """);
        VALUES.put(
                "no policies, budgets or account",
                """
                networkPolicy: {enabled: false}
                serviceAccount: {create: false}
                gateway: {replicas: 1, pdb: {enabled: false}}
                inference: {replicas: 1, pdb: {enabled: false}}
                """);
        VALUES.put("everything added", added());
    }

    private Situations() {}

    private static String added() {
        String pods =
                """
                  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}
                  topologySpreadConstraints: [{maxSkew: 2, topologyKey: rack, whenUnsatisfiable: DoNotSchedule}]
                  priorityClassName: high
                  podAnnotations: {a: b}
                  podLabels: {c: d}
                  extraEnv: [{name: E, value: f}]
                  extraEnvFrom: [{secretRef: {name: g}}]
                  extraVolumes: [{name: h, emptyDir: {}}]
                  extraVolumeMounts: [{name: h, mountPath: /h}]
                  config: {dmst.request.timeout: 10s}
                """;
        return """
        fullnameOverride: a-very-long-name-that-goes-on-and-on-and-on-for-ever-and-ever
        commonLabels: {team: vision}
        image: {repository: 'registry.example:5000/team/dmst', digest: 'sha256:%s', pullSecrets: [one]}
        config: {dmst: {request: {max-images: 4}}}
        service: {type: LoadBalancer, annotations: {i: j}}
        shutdown: {preDrainDelaySeconds: 0, drainSeconds: 90, connectionSeconds: 10}
        gateway:
        %sinference:
        %s\
        """
                .formatted("0".repeat(64), pods, pods);
    }

    static Map<String, String> values() {
        Map<String, String> all = new LinkedHashMap<>(VALUES);
        examples().forEach(example -> all.put("example " + example.getFileName(), text(example)));
        return all;
    }

    /** Values that lie beside the chart. */
    static Stream<Path> examples() {
        try (Stream<Path> files = Files.list(Chart.DIRECTORY.resolve("examples"))) {
            return files
                    .filter(file -> !file.toString().contains("inferenceservice"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every situation, rendered once for all tests; the pod of {@code helm test} among it. */
    static Map<String, Release> releases() {
        return Rendered.ALL;
    }

    private static final class Rendered {
        static final Map<String, Release> ALL = render();

        private static Map<String, Release> render() {
            try {
                Path chart = Chart.withTestsShown(Files.createTempDirectory("chart"));
                return values().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry -> Chart.render(chart, "demo", entry.getValue()),
                                        (a, b) -> a,
                                        LinkedHashMap::new));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a check finds wrong, over all situations. */
    static <T> Stream<String> wrong(Function<Release, Stream<T>> check) {
        return releases().entrySet().stream()
                .flatMap(entry ->
                        check.apply(entry.getValue()).map(found -> entry.getKey() + ": " + found));
    }
}
