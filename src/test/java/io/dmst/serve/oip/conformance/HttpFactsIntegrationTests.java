package io.dmst.serve.oip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dmst.serve.http.OipCaller.Reply;
import io.dmst.serve.oip.conformance.Target.Form;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The Open Inference Protocol's rules of health and metadata, over HTTP. */
class HttpFactsIntegrationTests {

    private static final List<String> PLATFORM_NAMES =
            List.of(
                    "tensorrt_plan",
                    "tensorflow_graphdef",
                    "tensorflow_savedmodel",
                    "onnx_onnxv1",
                    "pytorch_torchscript",
                    "mxnet_mxnet",
                    "caffe2_netdef");

    private final Target target = Target.get();

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready"})
    void theServersHealthIsToldByItsStatus(String probe) {
        target.http().get("/v2/health/" + probe).ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready"})
    void theServersHealthIsToldByAnObjectToo(String probe) {
        JsonNode body = target.http().get("/v2/health/" + probe).ok().json();
        assertThat(body.isObject()).isTrue();
        assertThat(body.valueStream().toList()).isNotEmpty().allMatch(JsonNode::asBoolean);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2", "/v2/"})
    void theServerSaysWhatItIs(String path) {
        Reply reply = target.http().get(path).ok();
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        assertThat(reply.json().path("name").asString()).isNotEmpty();
        assertThat(reply.json().path("version").isString()).isTrue();
        assertThat(reply.json().path("extensions").isArray()).isTrue();
        assertThat(reply.json().path("extensions").valueStream()).allMatch(JsonNode::isString);
    }

    @Test
    void theModelSaysWhatItTakesAndGives() {
        Reply reply = target.http().get(target.path("")).ok();
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        JsonNode model = reply.json();
        assertThat(model.path("name").asString()).isEqualTo(target.model());
        assertThat(model.path("platform").isString()).isTrue();
        for (String side : List.of("inputs", "outputs")) {
            assertThat(model.path(side).isArray()).isTrue();
            for (JsonNode tensor : model.path(side)) {
                Form form = Form.of(tensor);
                assertThat(form.name()).isNotEmpty();
                assertThat(form.datatype()).as(form.name()).isIn(Form.DATATYPES);
                assertThat(tensor.path("shape").isArray()).as(form.name()).isTrue();
                assertThat(form.shape()).as(form.name()).allMatch(size -> size >= -1);
            }
        }
    }

    @Test
    void thePlatformIsOneOfTheListedNames() {
        assertThat(target.metadata().path("platform").asString()).isIn(PLATFORM_NAMES);
    }

    @Test
    void everyListedVersionCanBeAskedFor() {
        assumeFalse(target.versions().isEmpty(), "the model lists no versions");
        assertThat(target.metadata().path("versions").valueStream()).allMatch(JsonNode::isString);
        for (String version : target.versions()) {
            JsonNode model = target.http().get(target.path("/versions/" + version)).ok().json();
            assertThat(model.path("name").asString()).isEqualTo(target.model());
            target.http().get(target.path("/versions/" + version + "/ready")).ok();
        }
    }

    @Test
    void theModelsReadinessIsToldByItsStatus() {
        target.http().get(target.path("/ready")).ok();
    }

    @Test
    void theModelsReadinessIsToldByAnObjectToo() {
        JsonNode body = target.http().get(target.path("/ready")).ok().json();
        assertThat(body.path("name").asString()).isEqualTo(target.model());
        assertThat(body.path("ready").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/no-such-model", "/v2/models/no-such-model/versions/1"})
    void anUnknownModelIsAnErrorInTheProtocolsForm(String path) {
        refused(target.http().get(path));
    }

    @Test
    void anUnknownVersionIsAnErrorInTheProtocolsForm() {
        refused(target.http().get(target.path("/versions/987654")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/models/no-such-model/ready",
                "/v2/models/no-such-model/versions/1/ready",
                "/v2/models/%s/versions/987654/ready"
            })
    void whatIsNotThereIsNotReadyWithAStatusOf404(String path) {
        assertThat(target.http().get(path.formatted(target.model())).status()).isEqualTo(404);
    }

    @Test
    void pathsAndMethodsThatAreNotTheProtocolsAreClientsMistakes() {
        assertThat(target.http().get("/v2/no/such/path").status()).isBetween(400, 499);
        assertThat(target.http().get(target.infer()).status()).isBetween(400, 499);
        assertThat(target.http().post("/v2", "{}").status()).isBetween(400, 499);
    }

    /** Checks that a reply is an error of the client's, as the protocol has it. */
    static Reply refused(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isBetween(400, 499);
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        assertThat(reply.json().path("error").isString()).as(reply.text()).isTrue();
        assertThat(reply.json().path("error").asString()).isNotBlank();
        return reply;
    }
}
