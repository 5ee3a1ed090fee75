package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.serve.predict.Models;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real gateway before another server of the protocol that runs the exported graph. */
class ForeignNodeIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Set<String> SCORES = Set.of("logits", "probabilities");

    private static final OnnxExport EXPORT = OnnxExport.of(ModelDirectory.bundled("dmst-cifar10"));

    private static byte[] cat = {};

    @BeforeAll
    static void image() throws IOException {
        cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
    }

    private static Process gateway(ForeignNode node) {
        Process gateway = Process.gateway("localhost:" + node.port());
        await().atMost(PATIENCE).until(() -> gateway.bean(Models.class).ready());
        return gateway;
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static JsonNode predictions(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).at("/results/0/predictions");
    }

    @Test
    void aGraphThatOnlyScoresClassifiesAndSaysThatItDoesNotExplain() throws Exception {
        try (ForeignNode node = new ForeignNode(EXPORT.classify(), SCORES);
                Process gateway = gateway(node);
                Process local = Process.node(0)) {
            String classify = "/v1/classify?top_k=10&coding_rate=true";
            assertThat(predictions(gateway.send(classify, cat, PATIENCE)))
                    .isEqualTo(predictions(local.send(classify, cat, PATIENCE)));
            HttpResponse<String> refused = gateway.send("/v1/explain", cat, PATIENCE);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(json(refused).path("code").asString()).isEqualTo("INVALID_ARGUMENT");
            assertThat(json(refused).path("detail").asString()).contains("--explain");
            assertThat(predictions(gateway.send(classify, cat, PATIENCE))).isNotEmpty();
        }
    }

    @Test
    void aGraphWithItsProbesExplainsAsANodeOfOursDoes() throws Exception {
        Set<String> every = Set.copyOf(outputs(EXPORT.explain()));
        try (ForeignNode node = new ForeignNode(EXPORT.explain(), every);
                Process gateway = gateway(node);
                Process local = Process.node(0)) {
            String explain = "/v1/explain?top_k=10";
            HttpResponse<String> remote = gateway.send(explain, cat, PATIENCE);
            assertThat(remote.statusCode()).as(remote.body()).isEqualTo(200);
            assertThat(json(remote)).isEqualTo(json(local.send(explain, cat, PATIENCE)));
        }
    }

    private static Set<String> outputs(byte[] graph) throws IOException {
        Set<String> names = new java.util.TreeSet<>();
        onnx.ModelProto.parseFrom(graph)
                .getGraph()
                .getOutputList()
                .forEach(output -> names.add(output.getName()));
        return names;
    }
}
