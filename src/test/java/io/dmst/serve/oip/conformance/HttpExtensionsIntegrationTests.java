package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.HttpFactsIntegrationTests.refused;
import static io.dmst.serve.oip.conformance.Requests.asking;
import static io.dmst.serve.oip.conformance.Requests.json;
import static io.dmst.serve.oip.conformance.Requests.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.serve.http.OipCaller;
import io.dmst.serve.http.OipCaller.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of Triton's extensions over HTTP, for servers that name them. */
class HttpExtensionsIntegrationTests {

    private static final String BINARY = "binary_tensor_data";
    private static final String CLASSES = "classification";

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 2);
    private final byte[] tail = tail(inputs);

    private static byte[] tail(List<Tensor> inputs) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        inputs.forEach(input -> bytes.writeBytes(input.raw()));
        return bytes.toByteArray();
    }

    private Reply ask(ObjectNode request) {
        return target.http().post(target.infer(), request.toString());
    }

    private Answer plain() {
        return Answer.of(ask(json(inputs)));
    }

    private String anOutput() {
        return plain().outputs().keySet().iterator().next();
    }

    private String scores() {
        Optional<Answer.Output> found =
                plain().outputs().values().stream()
                        .filter(output -> output.datatype().equals("FP32"))
                        .filter(output -> output.shape().size() == 2 && output.shape().get(1) > 2)
                        .findFirst();
        assumeTrue(found.isPresent(), "the model has no scores of classes");
        return found.orElseThrow().name();
    }

    @Test
    void inputsMayFollowTheJsonAsBytes() {
        target.assumeExtension(BINARY);
        String request = json(inputs, Tensor::binary).toString();
        Answer.of(target.http().binary(target.infer(), request, tail)).near(plain());
    }

    @Test
    void anOutputMayBeAskedForAsBytes() {
        target.assumeExtension(BINARY);
        String name = anOutput();
        ObjectNode request = asking(json(inputs), List.of(name));
        parameters(request).put("binary_data", true);
        Reply reply = ask(request).ok();
        assertThat(reply.header(OipCaller.JSON_LENGTH)).isNotEmpty();
        assertThat(reply.json().path("outputs").path(0).has("data")).isFalse();
        Answer.near(Answer.of(reply).output(name).values(), plain().output(name).values());
    }

    @Test
    void allOutputsMayBeAskedForAsBytes() {
        target.assumeExtension(BINARY);
        ObjectNode request = json(inputs);
        request.putObject("parameters").put("binary_data_output", true);
        Reply reply = ask(request).ok();
        for (JsonNode output : reply.json().path("outputs")) {
            assertThat(output.path("parameters").has("binary_data_size")).isTrue();
            assertThat(output.has("data")).isFalse();
        }
        Answer.of(reply).near(plain());
    }

    /** What is written as JSON must be what the bytes are, since both are the same FP32. */
    @Test
    void numbersInJsonAreThoseInBytesToTheLastBit() {
        target.assumeExtension(BINARY);
        ObjectNode request = json(inputs);
        request.putObject("parameters").put("binary_data_output", true);
        assertThat(plain().outputs()).isEqualTo(Answer.of(ask(request)).outputs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "many", "999999999"})
    void aLengthOfTheJsonThatIsNone(String length) {
        target.assumeExtension(BINARY);
        byte[] body = json(inputs).toString().getBytes(StandardCharsets.UTF_8);
        refused(target.http().raw(target.infer(), length, body));
        plain();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void bytesThatAreNotAsManyAsTheySay(int wrong) {
        target.assumeExtension(BINARY);
        ObjectNode request = json(inputs, Tensor::binary);
        ObjectNode first = (ObjectNode) request.path("inputs").path(0);
        first.withObject("/parameters")
                .put("binary_data_size", inputs.getFirst().raw().length + wrong);
        refused(target.http().binary(target.infer(), request.toString(), tail));
        plain();
    }

    @Test
    void classesMayStandInTheScoresPlace() {
        target.assumeExtension(CLASSES);
        String name = scores();
        ObjectNode request = asking(json(inputs), List.of(name));
        parameters(request).put(CLASSES, 2);
        Answer.Output classes = Answer.of(ask(request)).output(name);
        assertThat(classes.datatype()).isEqualTo("BYTES");
        Answer.Output scores = plain().output(name);
        assertThat(classes.shape()).containsExactly(scores.shape().getFirst(), 2L);
        int size = Math.toIntExact(scores.shape().getLast());
        for (int image = 0; image < scores.shape().getFirst(); image++) {
            String[] best = classes.values().get(2 * image).toString().split(":", 3);
            double score = scores.number(image * size + Integer.parseInt(best[1]));
            assertThat(Double.parseDouble(best[0])).isCloseTo(score, within(1e-4));
            for (int index = 0; index < size; index++) {
                assertThat(scores.number(image * size + index)).isLessThanOrEqualTo(score);
            }
        }
    }

    @Test
    void statisticsCountRequestsAndImages() {
        target.assumeExtension("statistics");
        JsonNode before = statistics();
        plain();
        JsonNode after = statistics();
        assertThat(grown(before, after, "/inference_stats/success/count")).isEqualTo(1);
        assertThat(grown(before, after, "/inference_count")).isEqualTo(target.batches() ? 2 : 1);
        assertThat(grown(before, after, "/execution_count")).isPositive();
        assertThat(grown(before, after, "/inference_stats/success/ns")).isPositive();
        assertThat(after.path("last_inference").asLong())
                .isGreaterThanOrEqualTo(before.path("last_inference").asLong());
        assertThat(target.http().get("/v2/models/stats").ok().json().path("model_stats"))
                .anyMatch(model -> model.path("name").asString().equals(target.model()));
    }

    private JsonNode statistics() {
        JsonNode all = target.http().get(target.path("/stats")).ok().json().path("model_stats");
        JsonNode last = all.path(all.size() - 1);
        assertThat(last.path("name").asString()).isEqualTo(target.model());
        assertThat(last.path("version").isString()).isTrue();
        return last;
    }

    private static long grown(JsonNode before, JsonNode after, String pointer) {
        return after.at(pointer).asLong() - before.at(pointer).asLong();
    }

    @Test
    void theConfigurationDescribesTheModel() {
        target.assumeExtension("model_configuration");
        JsonNode config = target.http().get(target.path("/config")).ok().json();
        assertThat(config.path("name").asString()).isEqualTo(target.model());
        assertThat(config.path("max_batch_size").isIntegralNumber()).isTrue();
        assertThat(config.path("input").valueStream().map(t -> t.path("name").asString()))
                .containsAll(target.inputs().stream().map(Target.Form::name).toList());
        for (JsonNode tensor : config.path("output")) {
            assertThat(tensor.path("data_type").asString()).startsWith("TYPE_");
            assertThat(tensor.path("dims").isArray()).isTrue();
        }
    }

    @Test
    void theIndexListsTheModel() {
        target.assumeExtension("model_repository");
        assertThat(state()).isEqualTo("READY");
    }

    private String state() {
        for (JsonNode entry : target.http().post("/v2/repository/index", "{}").ok().json()) {
            if (entry.path("name").asString().equals(target.model())) {
                return entry.path("state").asString();
            }
        }
        return "not listed";
    }

    @Test
    void aModelCanBeUnloadedAndLoadedWhereTheServerAllowsIt() {
        target.assumeExtension("model_repository");
        String model = "/v2/repository/models/" + target.model();
        assumeTrue(
                target.http().post(model + "/load", "{}").status() == 200,
                "the server loads no models by request");
        target.http().post(model + "/unload", "{}").ok();
        await().until(() -> !state().equals("READY"));
        assertThat(target.http().get(target.path("/ready")).status()).isNotEqualTo(200);
        assertThat(ask(json(inputs)).status()).isBetween(400, 599);
        target.http().post(model + "/load", "{}").ok();
        assertThat(state()).isEqualTo("READY");
        plain();
        refused(target.http().post("/v2/repository/models/no-such-model/load", "{}"));
    }
}
