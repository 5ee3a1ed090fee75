package io.dmst.helm;

import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Definitions of the custom resources that the chart has, made of their projects' schemas. */
final class CustomResources {

    static final List<String> KINDS =
            List.of(
                    "Certificate",
                    "GRPCRoute",
                    "HTTPRoute",
                    "PrometheusRule",
                    "ScaledObject",
                    "ServiceMonitor");

    private CustomResources() {}

    /** The definition of a kind, as a cluster takes it. */
    static ObjectNode definition(String kind) throws Exception {
        JsonNode schema;
        try (InputStream in =
                CustomResources.class.getResourceAsStream("/helm/" + kind + ".json")) {
            schema = JsonMapper.shared().readTree(in);
        }
        String[] version = schema.at("/properties/apiVersion/const").asString().split("/", 2);
        String plural = kind.toLowerCase(Locale.ROOT) + "s";
        ObjectNode spec = structural(schema.at("/properties/spec"));
        Map<String, Object> names = Map.of("kind", kind, "plural", plural);
        Map<String, Object> served =
                Map.of(
                        "name",
                        version[1],
                        "served",
                        true,
                        "storage",
                        true,
                        "schema",
                        Map.of(
                                "openAPIV3Schema",
                                Map.of("type", "object", "properties", Map.of("spec", spec))));
        String name = plural + "." + version[0];
        return JsonMapper.shared()
                .valueToTree(
                        Map.of(
                                "apiVersion",
                                "apiextensions.k8s.io/v1",
                                "kind",
                                "CustomResourceDefinition",
                                "metadata",
                                // the cluster keeps names under k8s.io for who has them approved
                                Map.of(
                                        "name",
                                        name,
                                        "annotations",
                                        Map.of("api-approved.kubernetes.io", "unapproved, a test")),
                                "spec",
                                Map.of(
                                        "group",
                                        version[0],
                                        "scope",
                                        "Namespaced",
                                        "names",
                                        names,
                                        "versions",
                                        List.of(served))));
    }

    /**
     * Clusters have other words for what may be of any type, and refuse the unknown of themselves.
     */
    private static ObjectNode structural(JsonNode schema) {
        ObjectNode node = ((ObjectNode) schema).deepCopy();
        if (node.path("additionalProperties").isBoolean()) {
            node.remove("additionalProperties");
        }
        node.path("properties")
                .propertyStream()
                .toList()
                .forEach(property ->
                        ((ObjectNode) node.get("properties"))
                                .set(property.getKey(), structural(property.getValue())));
        for (String inner : List.of("items", "additionalProperties")) {
            if (node.path(inner).isObject()) {
                node.set(inner, structural(node.get(inner)));
            }
        }
        if (node.path("type").isArray()) {
            node.remove("type");
        }
        boolean open =
                node.path("type").asString("").equals("object")
                        && !node.has("properties")
                        && !node.has("additionalProperties");
        if (open || !node.has("type")) {
            node.put("x-kubernetes-preserve-unknown-fields", true);
        }
        return node;
    }
}
