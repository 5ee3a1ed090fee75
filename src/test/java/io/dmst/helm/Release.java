package io.dmst.helm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The manifests of one release, in Helm's order.
 *
 * @param manifests as trees, none empty
 */
record Release(List<JsonNode> manifests) {

    private static final YAMLMapper YAML = new YAMLMapper();

    private static final KubernetesSerialization KINDS = new KubernetesSerialization();

    /** Kubernetes takes no text for a number. */
    private static final JsonMapper STRICT =
            JsonMapper.builder().disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();

    static Release read(String yaml) {
        return new Release(
                YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll().stream()
                        .filter(JsonNode::isObject)
                        .toList());
    }

    static JsonNode tree(String yaml) {
        return YAML.readTree(yaml);
    }

    static <T> T typed(JsonNode manifest, Class<T> type) {
        return STRICT.treeToValue(manifest, type);
    }

    /** The manifest as the type that its kind stands for. */
    static KubernetesResource typed(JsonNode manifest) {
        String version = manifest.path("apiVersion").asString();
        Class<? extends KubernetesResource> type =
                KINDS.getRegisteredKubernetesResource(version, kind(manifest));
        if (type == null) {
            throw new IllegalArgumentException("no such kind: " + version + " " + kind(manifest));
        }
        return typed(manifest, type);
    }

    static String kind(JsonNode manifest) {
        return manifest.path("kind").asString();
    }

    static String name(JsonNode manifest) {
        return manifest.path("metadata").path("name").asString();
    }

    /** How a message names it. */
    static String title(JsonNode manifest) {
        return kind(manifest) + " " + name(manifest);
    }

    Stream<JsonNode> of(String kind) {
        return manifests.stream().filter(manifest -> kind(manifest).equals(kind));
    }

    <T> List<T> all(Class<T> type) {
        return of(type.getSimpleName()).map(manifest -> typed(manifest, type)).toList();
    }

    /** The only one whose name ends so. */
    <T extends HasMetadata> T one(Class<T> type, String ending) {
        List<T> found =
                all(type).stream()
                        .filter(each -> each.getMetadata().getName().endsWith(ending))
                        .toList();
        if (found.size() != 1) {
            throw new AssertionError(
                    "%d of %s…%s".formatted(found.size(), type.getSimpleName(), ending));
        }
        return found.getFirst();
    }

    Deployment deployment(String tier) {
        return one(Deployment.class, "-" + tier);
    }

    PodSpec pod(String tier) {
        return deployment(tier).getSpec().getTemplate().getSpec();
    }

    Container container(String tier) {
        return pod(tier).getContainers().getFirst();
    }

    /** All pods: of Deployments, and alone. */
    List<PodTemplateSpec> pods() {
        return Stream.concat(
                        all(Deployment.class).stream()
                                .map(deployment -> deployment.getSpec().getTemplate()),
                        all(Pod.class).stream()
                                .map(pod -> new PodTemplateSpec(pod.getMetadata(), pod.getSpec())))
                .toList();
    }

    List<Service> services() {
        return all(Service.class);
    }

    /** The {@code application.yaml} of a tier. */
    String application(String tier) {
        return one(ConfigMap.class, "-" + tier).getData().get("application.yaml");
    }

    /** The same, as keys and values. */
    Map<String, String> keys(String tier) {
        Map<String, String> keys = new TreeMap<>();
        flatten("", tree(application(tier)), keys);
        return keys;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> keys) {
        if (node.isObject()) {
            node.propertyStream()
                    .forEach(field ->
                            flatten(
                                    prefix.isEmpty()
                                            ? field.getKey()
                                            : prefix + "." + field.getKey(),
                                    field.getValue(),
                                    keys));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(prefix + "[" + i + "]", node.get(i), keys);
            }
        } else {
            keys.put(prefix, node.asString());
        }
    }
}
