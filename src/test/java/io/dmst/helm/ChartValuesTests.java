package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Values are explained, and wrong ones refused with a word on what is wrong. {@code
 * -Dhelm.update=true} writes the table of the chart's README anew.
 */
class ChartValuesTests {

    private static final Path README = Chart.DIRECTORY.resolve("README.md");
    private static final String BEGIN = "<!-- made of values.yaml: -->\n";
    private static final String END = "<!-- end of the table -->";

    private static final Map<String, String> REFUSED =
            Map.ofEntries(
                    Map.entry("repicas: 3", "'repicas' not allowed"),
                    Map.entry(
                            "gateway: {repicas: 3}", "'/gateway': additional properties 'repicas'"),
                    Map.entry("inference: {gpu: {enable: true}}", "'/inference/gpu'"),
                    Map.entry("mode: lokal", "value must be one of 'remote', 'local'"),
                    Map.entry("inference: {replicas: many}", "'/inference/replicas'"),
                    Map.entry("image: {digest: 'md5:1'}", "'/image/digest'"),
                    Map.entry("image: {repository: 'dmst:1'}", "'/image/repository'"),
                    Map.entry("shutdown: {drainSeconds: -1}", "'/shutdown/drainSeconds'"),
                    Map.entry("gateway: {nodes: ['http://node']}", "'/gateway/nodes/0'"),
                    Map.entry("gateway: {pdb: {maxUnavailable: 0}}", "maxUnavailable"),
                    Map.entry("model: {source: pvc}", "'/model/pvc/claimName'"),
                    Map.entry("model: {source: s3, s3: {uri: 's3://a'}}", "'/model/s3/image'"),
                    Map.entry("model: {source: oci}", "'/model/oci/reference'"),
                    Map.entry("ingress: {enabled: true}", "'/ingress/hosts'"),
                    Map.entry("route: {grpc: {enabled: true}}", "'/route/parentRefs'"),
                    Map.entry("route: {canary: {weight: 10}}", "'/route/canary/service'"),
                    Map.entry("inference: {autoscaling: {kind: keda, wait: 1}}", "prometheus"),
                    Map.entry("gateway: {resources: {limits: {memory: lots}}}", "memory"),
                    Map.entry("tls: {certManager: {enabled: true}}", "issuerRef"),
                    // what no schema can say
                    Map.entry("inference: {enabled: false}", "then gateway.nodes must name"),
                    Map.entry("tls: {enabled: true}", "name tls.inferenceSecretName and"),
                    Map.entry(
                            "{mode: local, tls: {enabled: true}}", "with mode=local there are no"),
                    Map.entry(
                            "gateway: {autoscaling: {enabled: true, minReplicas: 5, maxReplicas: 4}}",
                            "maxReplicas is 4, which is less than minReplicas, 5"),
                    Map.entry(
                            "gateway: {autoscaling: {enabled: true, cpu: 0}}",
                            "set cpu or requests.perSecond"),
                    Map.entry(
                            "inference: {autoscaling: {kind: hpa, cpu: 0}}",
                            "set cpu or queue.depth"),
                    Map.entry(
                            "inference: {autoscaling: {kind: keda, prometheus: 'http://p'}}",
                            "set queue.depth or wait"));

    @Test
    void wrongValuesAreRefusedWithAWordOnWhatIsWrong() {
        REFUSED.forEach(
                (values, reason) -> assertThat(Chart.refusal(values)).as(values).contains(reason));
    }

    @Test
    void theSchemaKnowsTheValuesAndNoOthers() throws IOException {
        TreeSet<String> values = new TreeSet<>();
        leaves("", tree("values.yaml"), values);
        JsonNode schema = tree("values.schema.json");
        TreeSet<String> allowed = new TreeSet<>();
        properties("", schema, schema, allowed);
        allowed.remove("global");
        assertThat(values).allSatisfy(value -> assertThat(allowed).contains(value));
        assertThat(allowed)
                .allSatisfy(path ->
                        assertThat(values)
                                .as(path)
                                .anyMatch(value ->
                                        value.equals(path)
                                                || path.startsWith(value + ".")
                                                || value.startsWith(path + ".")));
    }

    private static JsonNode tree(String file) throws IOException {
        return Release.tree(Files.readString(Chart.DIRECTORY.resolve(file)));
    }

    private static void leaves(String path, JsonNode node, TreeSet<String> into) {
        if (node.isObject() && !node.isEmpty() && !path.endsWith("resources")) {
            node.propertyStream()
                    .forEach(field -> leaves(join(path, field.getKey()), field.getValue(), into));
        } else {
            into.add(
                    path.startsWith("metrics.dashboard.labels")
                            ? "metrics.dashboard.labels"
                            : path);
        }
    }

    private static void properties(
            String path, JsonNode schema, JsonNode root, TreeSet<String> into) {
        JsonNode here =
                schema.has("$ref") ? root.at(schema.path("$ref").asString().substring(1)) : schema;
        if (!path.isEmpty()) {
            into.add(path);
        }
        if (here.has("properties") && !path.endsWith("resources")) {
            assertThat(here.path("additionalProperties").asBoolean(true)).as(path).isFalse();
            here.path("properties")
                    .propertyStream()
                    .forEach(field ->
                            properties(join(path, field.getKey()), field.getValue(), root, into));
        }
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    @Test
    void everyValueIsExplained() throws IOException {
        List<ValuesTable.Row> rows = ValuesTable.rows(Chart.DIRECTORY.resolve("values.yaml"));
        TreeSet<String> values = new TreeSet<>();
        leaves("", tree("values.yaml"), values);
        assertThat(rows)
                .extracting(ValuesTable.Row::key)
                .containsExactlyInAnyOrderElementsOf(values);
        assertThat(rows).allSatisfy(row -> assertThat(row.meaning()).isNotBlank());
    }

    @Test
    void theReadmesTableIsMadeOfTheValues() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(end).isGreaterThanOrEqualTo(begin);
        String table =
                ValuesTable.markdown(ValuesTable.rows(Chart.DIRECTORY.resolve("values.yaml")));
        if (Boolean.getBoolean("helm.update")) {
            Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
        }
        String now = Files.readString(README);
        assertThat(now.substring(begin, now.indexOf(END)))
                .as("the table is out of date: run this test with -Dhelm.update=true")
                .isEqualTo(table);
    }

    @Test
    void everyExampleIsNamedInTheReadmeAndEveryNamedFileIsThere() throws IOException {
        String readme = Files.readString(README);
        try (Stream<Path> files = Files.list(Chart.DIRECTORY.resolve("examples"))) {
            assertThat(files.map(file -> "examples/" + file.getFileName()))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(readme).contains(name));
        }
    }
}
