package io.dmst.serve.http;

import static io.dmst.serve.http.OipBodies.base64;
import static io.dmst.serve.http.OipBodies.bluePixels;
import static io.dmst.serve.http.OipBodies.image;
import static io.dmst.serve.http.OipBodies.pixels;
import static io.dmst.serve.http.OipBodies.red;
import static io.dmst.serve.http.OipBodies.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.serve.http.OipCaller.Reply;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Models;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** The Open Inference Protocol over HTTP: what is answered, what is refused, and how. */
@ServerTest
class OipIntegrationTests {

    private static final String INFER = "/v2/models/colours/infer";

    private final OipCaller caller;
    private final FakePredictor newer;
    private final Models models;

    OipIntegrationTests(
            @LocalServerPort int port, @Autowired FakePredictor newer, @Autowired Models models) {
        caller = new OipCaller(port);
        this.newer = newer;
        this.models = models;
    }

    @AfterEach
    void reset() {
        newer.tellsColours();
        models.serve("colours", true);
    }

    @Test
    void encodedFilesAreAnsweredInTheirOrder() {
        String files =
                String.join(
                        ",",
                        base64(Pictures.green()),
                        base64(Pictures.red()),
                        base64(Pictures.blue()));
        JsonNode answer =
                caller.post(INFER, request(image(files, 3), ",\"id\":\"seven\"")).ok().json();
        assertThat(answer.path("id").asString()).isEqualTo("seven");
        assertThat(answer.path("model_name").asString()).isEqualTo("colours");
        assertThat(answer.path("model_version").asString()).isEqualTo("2");
        assertThat(answer.path("outputs").valueStream().map(o -> o.path("name").asString()))
                .containsExactly("probabilities", "logits");
        JsonNode logits = answer.path("outputs").path(1);
        assertThat(logits.path("shape").toString()).isEqualTo("[3,3]");
        assertThat(logits.path("datatype").asString()).isEqualTo("FP32");
        for (int image = 0; image < 3; image++) {
            int best = new int[] {1, 0, 2}[image];
            for (int index = 0; index < 3; index++) {
                assertThat(logits.path("data").path(3 * image + index).asDouble())
                        .isCloseTo(index == best ? 1 : 0, within(0.02));
            }
        }
    }

    @Test
    void pixelsMayBeFlatOrNestedAndTheirFieldsInAnyOrder() {
        JsonNode flat =
                caller.post(INFER, request(pixels("[" + bluePixels() + "]"), "")).ok().json();
        String row = "[" + "[0,0,255],".repeat(5) + "[0,0,255]]";
        String nested = "[[" + (row + ",").repeat(3) + row + "]]";
        JsonNode second = caller.post(INFER, request(pixels(nested), "")).ok().json();
        JsonNode third =
                caller.post(
                                INFER,
                                request(
                                        "{\"data\":%s,\"datatype\":\"UINT8\",\"extra\":{\"a\":[1]},\"shape\":[1,4,6,3],\"name\":\"pixels\"}"
                                                .formatted(nested),
                                        ",\"unknown\":[{}]"))
                        .ok()
                        .json();
        assertThat(second).isEqualTo(flat);
        assertThat(third).isEqualTo(flat);
        assertThat(flat.path("outputs").path(1).path("data").path(2).asDouble())
                .isCloseTo(1, within(1e-5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1,2,3]",
                "[[0,0,255]]",
                "[[[0,0],[0]]]",
                "[[1],2]",
                "[-1]",
                "[256]",
                "[1.5]",
                "[true]",
                "[null]",
                "[{}]",
                "[\"AA==\"]",
                "[0,\"AA==\"]",
                "7",
                "\"AA==\"",
                "[]"
            })
    void dataThatIsNotTheTensorsIsRefused(String data) {
        caller.post(INFER, request(pixels(data), "")).refused(400, "input pixels");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[4,6,3];UINT8;shape",
                "[0,4,6,3];UINT8;at least one image",
                "[-1,4,6,3];UINT8;at least one image",
                "[1,3,4,6];UINT8;[-1, 4, 6, 3]",
                "[1,4,6,3];FP32;must be UINT8",
                "[1,4,6,3];BYTES;must be UINT8",
                "[1,4,6,3];uint8;the datatypes are",
                "[9999999999999999999,4,6,3];UINT8;the limit is 4",
                "[5,4,6,3];UINT8;the limit is 4",
                "[2,4,6,3];UINT8;144 elements"
            })
    void formsThatAreNotTheInputsAreRefused(String shape, String datatype, String told) {
        String input =
                "{\"name\":\"pixels\",\"shape\":%s,\"datatype\":\"%s\",\"data\":[%s]}"
                        .formatted(shape, datatype, bluePixels());
        int status = told.startsWith("the limit") ? 413 : 400;
        caller.post(INFER, request(input, "")).refused(status, told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';JSON",
                "{;JSON",
                "[];JSON object",
                "null;JSON object",
                "{};no inputs",
                "{\"inputs\":{}};list",
                "{\"inputs\":[7]};objects",
                "{\"inputs\":[{}]};name",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":3}]};shape",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\"}]};no data",
                "{\"inputs\":[{\"name\":\"x\"}]};no input \"x\"",
                "{\"inputs\":[{\"name\":\"image\"},{\"name\":\"pixels\"}]};one of them",
                "{\"inputs\":[{\"name\":\"image\",\"parameters\":7}]};parameters",
                "{\"id\":7};id",
                "{} {};follows",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"%\"]}]};Base64",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"AA==\"]}]};1 elements",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"\",\"\"]}]};more elements",
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"shared_memory_region\":\"r\"}}]};shared memory"
            })
    void malformedRequestsAreToldWhatIsWrong(String body, String told) {
        caller.post(INFER, body).refused(400, told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[{\"name\":\"x\"}];no output \"x\"",
                "[{\"name\":\"logits\"},{\"name\":\"logits\"}];twice",
                "[{\"name\":\"logits\",\"parameters\":{\"classification\":0}}];at least 1",
                "[{\"name\":\"logits\",\"parameters\":{\"classification\":\"two\"}}];at least 1",
                "[{\"name\":\"tokens.0\",\"parameters\":{\"classification\":1}}];no classes",
                "[{\"name\":\"typicality\"}];no",
                "[{\"name\":\"logits\",\"parameters\":{\"shared_memory_region\":\"r\"}}];shared memory"
            })
    void outputsThatCannotBeAreRefused(String outputs, String told) {
        caller.post(INFER, red(",\"outputs\":" + outputs)).refused(400, told);
    }

    @Test
    void classesMayStandInTheScoresPlace() {
        JsonNode output =
                caller.post(
                                INFER,
                                red(
                                        ",\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"classification\":2}}]"))
                        .ok()
                        .json()
                        .path("outputs")
                        .path(0);
        assertThat(output.path("datatype").asString()).isEqualTo("BYTES");
        assertThat(output.path("shape").toString()).isEqualTo("[1,2]");
        assertThat(output.path("data").path(0).asString()).matches("(1\\.0|0\\.99)\\d+:0:red");
        JsonNode all =
                caller.post(
                                INFER,
                                red(
                                        ",\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"classification\":99}}]"))
                        .ok()
                        .json();
        assertThat(all.path("outputs").path(0).path("shape").toString()).isEqualTo("[1,3]");
    }

    @Test
    void oneImageThatFailsFailsTheRequestAndIsNamed() {
        String files = String.join(",", base64(Pictures.red()), base64(new byte[] {1}), "\"\"");
        caller.post(INFER, request(image(files, 3), "")).refused(415, "image 1: ");
        caller.post(INFER, request(image("\"\"", 1), "")).refused(422, "");
        String large = base64(Pictures.noise("bmp", 280));
        caller.post(INFER, request(image(large, 1), "")).refused(413, "");
        caller.post(INFER, red(" ".repeat(500_000))).refused(413, "");
    }

    @Test
    void failuresHaveTheirStatusAndSayWhenToTryAgain() {
        newer.answers(new Failure(FailureCode.OVERLOADED, "too many", Duration.ofSeconds(7)));
        Reply reply = caller.post(INFER, red("")).refused(429, "too many");
        assertThat(reply.header("Retry-After")).isEqualTo("7");
        assertThat(reply.header("X-Request-Id")).isNotBlank();
        for (FailureCode code : FailureCode.values()) {
            newer.answers(new Failure(code, "so it is"));
            caller.post(INFER, red("")).refused(ProblemAnswers.status(code).value(), "so it is");
        }
        newer.answers(request -> {
            throw new IllegalStateException("secret");
        });
        assertThat(caller.post(INFER, red("")).refused(500, "").text()).doesNotContain("secret");
    }

    @Test
    void unknownModelsVersionsPathsAndMethodsAreRefusedInTheProtocolsForm() {
        caller.post("/v2/models/shapes/infer", red("")).refused(404, "shapes");
        caller.post("/v2/models/colours/versions/3/infer", red("")).refused(404, "1, 2");
        caller.get("/v2/models/shapes").refused(404, "shapes");
        caller.get("/v2/models/colours/versions/3").refused(404, "1, 2");
        caller.get("/v2/models/shapes/stats").refused(404, "shapes");
        caller.get("/v2/models/shapes/ready").refused(404, "shapes");
        caller.get("/v2/models/shapes/config").refused(404, "shapes");
        caller.get("/v2/nothing").refused(404, "");
        caller.get(INFER).refused(405, "");
    }

    @Test
    void aVersionAnswersWhereItIsNamed() {
        JsonNode answer = caller.post("/v2/models/colours/versions/1/infer", red("")).ok().json();
        assertThat(answer.path("model_version").asString()).isEqualTo("1");
        assertThat(answer.has("id")).isFalse();
    }

    @Test
    void theTimeOfARequestCanBeBoundInTwoWays() {
        newer.answers(request -> new CompletableFuture<>());
        caller.post(INFER, red(",\"parameters\":{\"timeout\":200000}")).refused(504, "");
        caller.post(INFER, red(""), "Request-Timeout", "0.2").refused(504, "");
        caller.post(INFER, red(""), "Request-Timeout", "soon").refused(400, "Request-Timeout");
        caller.post(INFER, red(",\"parameters\":{\"timeout\":-1}")).refused(400, "timeout");
        caller.post(INFER, red(",\"parameters\":{\"timeout\":\"1\"}")).refused(400, "timeout");
        newer.tellsColours();
        caller.post(
                        INFER,
                        red(
                                ",\"parameters\":{\"timeout\":0,\"priority\":3,\"sequence_id\":1,\"mine\":{\"a\":1}}"))
                .ok();
    }

    @Test
    void loadingIsOffUnlessTheConfigurationAllowsIt() {
        for (String verb : new String[] {"load", "unload"}) {
            caller.post("/v2/repository/models/colours/" + verb, "{}")
                    .refused(403, "dmst.oip.repository-control");
        }
        JsonNode index = caller.post("/v2/repository/index", "").ok().json();
        assertThat(index).hasSize(2);
        assertThat(index.path(0).path("state").asString()).isEqualTo("READY");
        caller.post("/v2/repository/index", "[]").refused(400, "JSON object");
    }

    @Test
    void aModelThatIsOutOfServiceIsNotReadyAnywhere() {
        models.serve("colours", false);
        caller.post(INFER, red("")).refused(503, "unloaded");
        assertThat(caller.get("/v2/models/colours/ready").status()).isEqualTo(503);
        assertThat(caller.get("/v2/health/ready").status()).isEqualTo(503);
        caller.get("/v2/health/live").ok();
        caller.get("/v2/models/colours").ok();
        JsonNode index = caller.post("/v2/repository/index", "{}").ok().json();
        assertThat(index.path(1).path("state").asString()).isEqualTo("UNAVAILABLE");
        assertThat(index.path(1).path("reason").asString()).contains("unloaded");
        assertThat(caller.post("/v2/repository/index", "{\"ready\":true}").ok().json()).isEmpty();
    }

    @Test
    void statisticsCountImagesRequestsAndFailures() {
        JsonNode before = statistics();
        String files = String.join(",", base64(Pictures.red()), base64(Pictures.blue()));
        caller.post(INFER, request(image(files, 2), "")).ok();
        caller.post(INFER, "{").refused(400, "");
        JsonNode after = statistics();
        assertThat(grown(before, after, "/inference_count")).isEqualTo(2);
        assertThat(grown(before, after, "/inference_stats/success/count")).isEqualTo(1);
        assertThat(grown(before, after, "/inference_stats/fail/count")).isEqualTo(1);
        assertThat(grown(before, after, "/inference_stats/queue/ns")).isEqualTo(4_000_000);
        assertThat(grown(before, after, "/inference_stats/compute_infer/ns")).isEqualTo(6_000_000);
        assertThat(after.path("last_inference").asLong()).isPositive();
        assertThat(after.path("batch_stats").path(0).path("batch_size").asInt()).isEqualTo(4);
        assertThat(caller.get("/v2/models/stats").ok().json().path("model_stats")).hasSize(2);
    }

    private JsonNode statistics() {
        return caller.get("/v2/models/colours/versions/2/stats")
                .ok()
                .json()
                .path("model_stats")
                .path(0);
    }

    private static long grown(JsonNode before, JsonNode after, String pointer) {
        return after.at(pointer).asLong() - before.at(pointer).asLong();
    }
}
