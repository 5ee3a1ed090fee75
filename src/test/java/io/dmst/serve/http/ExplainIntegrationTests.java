package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.DmstApplication;
import io.dmst.serve.http.Caller.Answer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bundled model explains a photograph. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class,
        properties = "management.server.port=0")
class ExplainIntegrationTests {

    private static final String EXPLAIN = "/v1/explain";
    private static final Path CAT = Path.of("src/test/resources/image/chelsea.png");

    private final Caller caller;
    private final byte[] cat;

    @TempDir private Path directory;

    ExplainIntegrationTests(@LocalServerPort int port) throws IOException {
        caller = new Caller(port);
        cat = Files.readAllBytes(CAT);
    }

    private Answer explained(String query) {
        return caller.put(EXPLAIN + query, cat);
    }

    private HttpRequest.Builder explaining(String query) {
        return caller.to(EXPLAIN + query).PUT(BodyPublishers.ofByteArray(cat));
    }

    @Test
    void everyTokensMembershipsSumToOneInEveryLayer() {
        Answer answer = explained("");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.header("Server-Timing")).contains("compute;dur=");
        JsonNode explanation = answer.json().path("explanation");
        int tokens =
                explanation.path("grid").path("height").asInt()
                        * explanation.path("grid").path("width").asInt();
        assertThat(explanation.path("layers")).hasSize(4);
        for (JsonNode layer : explanation.path("layers")) {
            assertThat(layer.path("membership")).hasSize(explanation.path("groups").asInt());
            for (int token = 0; token < tokens; token++) {
                double sum = 0;
                for (JsonNode group : layer.path("membership")) {
                    sum += group.path(token).asDouble();
                }
                assertThat(sum).isCloseTo(1, within(1e-5));
            }
            assertThat(layer.path("R").asDouble())
                    .isBetween(layer.path("R_c").asDouble(), layer.path("bound").asDouble());
            assertThat(layer.path("R_c_variational").asDouble()).isPositive();
        }
        explanation
                .path("layers")
                .path(0)
                .propertyNames()
                .forEach(name ->
                        assertThat(explanation.path("meaning").path(name).asString()).isNotBlank());
    }

    @Test
    void thePredictionIsTheOneThatClassifyAnswers() {
        JsonNode classified =
                caller.put(Caller.CLASSIFY + "?top_k=3", cat)
                        .json()
                        .path("results")
                        .path(0)
                        .path("predictions");
        JsonNode explained = explained("?top_k=3").json().path("predictions");
        assertThat(explained).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(explained.path(i).path("label")).isEqualTo(classified.path(i).path("label"));
            assertThat(explained.path(i).path("probability").asDouble())
                    .isCloseTo(classified.path(i).path("probability").asDouble(), within(1e-5));
        }
    }

    @Test
    void classifyTellsTheSameRatesFromTheGraph() {
        JsonNode result =
                caller.put(Caller.CLASSIFY + "?coding_rate=true", cat)
                        .json()
                        .path("results")
                        .path(0);
        JsonNode rates = result.path("coding_rate");
        assertThat(rates.path("epsilon_squared").asDouble()).isEqualTo(0.01);
        assertThat(rates.path("unit").asString()).isEqualTo("nat");
        assertThat(rates.path("compression")).hasSize(4);
        JsonNode layers = explained("").json().path("explanation").path("layers");
        for (int layer = 0; layer < 4; layer++) {
            double explained = layers.path(layer).path("R_c_variational").asDouble();
            assertThat(rates.path("compression").path(layer).asDouble())
                    .isCloseTo(explained, within(1e-4 * explained));
            assertThat(rates.path("bound")).isEqualTo(layers.path(layer).path("bound"));
        }
        assertThat(
                        caller.put(Caller.CLASSIFY, cat)
                                .json()
                                .path("results")
                                .path(0)
                                .has("coding_rate"))
                .isFalse();
        caller.put(Caller.CLASSIFY + "?coding_rate=perhaps", cat).problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void layersGroupsAndRatesAreSelected() {
        JsonNode part =
                explained("?layers=1,3&groups=2&epsilon_squared=0.5&rates=variational")
                        .json()
                        .path("explanation");
        assertThat(part.path("layers").valueStream().map(l -> l.path("layer").asInt()))
                .containsExactly(1, 3);
        assertThat(part.path("shown_groups").path(0).asInt()).isEqualTo(2);
        assertThat(part.path("epsilon_squared").asDouble()).isEqualTo(0.5);
        JsonNode layer = part.path("layers").path(0);
        assertThat(layer.path("membership")).hasSize(1);
        assertThat(layer.has("R")).isFalse();
        assertThat(layer.has("R_c")).isFalse();
        assertThat(layer.path("R_c_variational").asDouble()).isPositive();
        assertThat(part.path("meaning").has("R_c")).isFalse();

        JsonNode whole = explained("?epsilon_squared=0.5").json().path("explanation");
        assertThat(layer.path("membership").path(0))
                .isEqualTo(whole.path("layers").path(1).path("membership").path(2));
        assertThat(layer.path("R_c_variational"))
                .isEqualTo(whole.path("layers").path(1).path("R_c_variational"));
    }

    @Test
    void base64HasTheSameNumbersAsJson() {
        JsonNode numbers = explained("?layers=2").json().path("explanation").path("layers").path(0);
        JsonNode encoded =
                explained("?layers=2&encoding=base64")
                        .json()
                        .path("explanation")
                        .path("layers")
                        .path(0);
        for (int group = 0; group < 4; group++) {
            JsonNode map = numbers.path("membership").path(group);
            ByteBuffer bytes =
                    ByteBuffer.wrap(
                                    Base64.getDecoder()
                                            .decode(
                                                    encoded.path("membership")
                                                            .path(group)
                                                            .asString()))
                            .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.remaining()).isEqualTo(Float.BYTES * map.size());
            for (JsonNode value : map) {
                assertThat(bytes.getFloat()).isEqualTo((float) value.asDouble());
            }
        }
        assertThat(encoded.path("token_entropy").isString()).isTrue();
        assertThat(encoded.path("entropy").isNumber()).isTrue();
    }

    @Test
    void theFormatFollowsTheQueryThenTheHeader() throws Exception {
        assertThat(explained("?format=png").header("Content-Type")).isEqualTo("image/png");
        assertThat(explained("?format=npz").header("Content-Type")).isEqualTo("application/x-npz");
        for (String[] pair :
                new String[][] {
                    {"image/png", "image/png"},
                    {"application/x-npz", "application/x-npz"},
                    {"*/*", "application/json"},
                    {"text/html, image/*;q=0.5, application/json;q=0.1", "image/png"},
                    {"application/json;q=0.2, image/png;q=0.9", "image/png"}
                }) {
            assertThat(caller.send(explaining("").header("Accept", pair[0])).header("Content-Type"))
                    .as(pair[0])
                    .isEqualTo(pair[1]);
        }
        assertThat(caller.send(explaining("?format=json").header("Accept", "text/html")).status())
                .isEqualTo(200);
        caller.send(explaining("").header("Accept", "text/html")).problem(406, "INVALID_ARGUMENT");
        caller.send(explaining("").header("Accept", "nonsense")).problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void everyPictureIsAPngOfItsOwn() throws Exception {
        for (String query :
                List.of(
                        "?picture=sheet",
                        "?picture=maps",
                        "?picture=segments",
                        "?picture=rates",
                        "?picture=rates&rates=variational",
                        "?rates=variational",
                        "?layers=last&groups=1")) {
            byte[] png = caller.bytes(explaining(query).header("Accept", "image/png"));
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            assertThat(image).as(query).isNotNull();
            assertThat(image.getWidth()).isGreaterThan(400);
        }
    }

    @Test
    void theArraysHoldWhatJsonHolds() throws Exception {
        byte[] npz = caller.bytes(explaining("?format=npz"));
        JsonNode layers = explained("").json().path("explanation").path("layers");
        ByteBuffer membership = array(npz, "membership.npy");
        for (JsonNode layer : layers) {
            for (JsonNode group : layer.path("membership")) {
                for (JsonNode value : group) {
                    assertThat(membership.getFloat()).isEqualTo((float) value.asDouble());
                }
            }
        }
        assertThat(membership.hasRemaining()).isFalse();
    }

    private static ByteBuffer array(byte[] npz, String name) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(npz))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    ByteBuffer bytes =
                            ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
                    return bytes.position(10 + bytes.getShort(8));
                }
            }
        }
        throw new AssertionError("no " + name);
    }

    @Test
    void numpyOpensTheArraysAndTheyEqualTheJson() throws Exception {
        Path json = directory.resolve("explained.json");
        Path npz = directory.resolve("explained.npz");
        Files.writeString(json, explained("").body());
        Files.write(npz, caller.bytes(explaining("?format=npz")));
        String python = Numpy.python();
        assumeTrue(python != null, "no python3 with numpy: numpy.load is not tried");
        assertThat(
                        Numpy.run(
                                python,
                                """
                                import json, sys, numpy
                                arrays = numpy.load(sys.argv[1])
                                layers = json.load(open(sys.argv[2]))["explanation"]["layers"]
                                for name in ["membership", "class_view", "token_entropy"]:
                                    expected = numpy.array([l[name] for l in layers], "float32")
                                    assert (arrays[name].reshape(expected.shape) == expected).all()
                                for name, word in [("tokens_rate", "R"), ("R_c", "R_c"),
                                        ("R_c_variational", "R_c_variational"), ("usage", "usage"),
                                        ("entropy", "entropy"), ("class_share", "class_share")]:
                                    expected = numpy.array([l[word] for l in layers])
                                    assert (arrays[name] == expected).all(), name
                                print(arrays["membership"].shape)
                                """,
                                npz,
                                json))
                .isEqualTo("(4, 4, 8, 8)");
    }

    @Test
    void whatCannotBeExplainedIsSaid() {
        explained("?layers=9").problem(400, "INVALID_ARGUMENT");
        explained("?groups=x").problem(400, "INVALID_ARGUMENT");
        explained("?epsilon_squared=-1").problem(400, "INVALID_ARGUMENT");
        explained("?epsilon_squared=NaN").problem(400, "INVALID_ARGUMENT");
        explained("?encoding=hex").problem(400, "INVALID_ARGUMENT");
        explained("?rates=some").problem(400, "INVALID_ARGUMENT");
        explained("?top_k=0").problem(400, "INVALID_ARGUMENT");
        explained("?format=gif").problem(400, "INVALID_ARGUMENT");
        explained("?picture=selfie").problem(400, "INVALID_ARGUMENT");
        explained("?model=other").problem(404, "UNKNOWN_MODEL");
        caller.put(EXPLAIN, new byte[0]).problem(422, "INVALID_IMAGE");
        caller.put(EXPLAIN, Pictures.zip()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.form(EXPLAIN, "image", cat, cat).problem(400, "INVALID_ARGUMENT");
        caller.send(explaining("").header("Request-Timeout", "soon"))
                .problem(400, "INVALID_ARGUMENT");
        caller.send(explaining("").header("Request-Timeout", "0.0001"))
                .problem(504, "DEADLINE_EXCEEDED");
    }

    @Test
    void kserveV1PredictsAndExplainsInstancesInTheirPlaces() {
        String body =
                Caller.base64(cat, Pictures.red()).replace("images", "instances").replace("]}", "")
                        + ",{\"b64\":\"AAAA\"}]}";
        String path = "/v1/models/dmst-cifar10";
        JsonNode predictions = caller.json(path + ":predict", body).json().path("predictions");
        assertThat(predictions).hasSize(3);
        assertThat(predictions.path(0).path("predictions").path(0).path("label").asString())
                .isEqualTo("cat");
        assertThat(predictions.path(2).path("error").path("code").asString())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");

        JsonNode explanations =
                caller.json(path + ":explain?layers=last", body).json().path("explanations");
        assertThat(explanations).hasSize(3);
        assertThat(explanations.path(0).path("explanation"))
                .isEqualTo(explained("?layers=last").json().path("explanation"));
        assertThat(explanations.path(2).path("error").path("detail").asString()).isNotBlank();

        // curl -d calls it a form
        assertThat(
                        caller.post(
                                        path + ":predict",
                                        "application/x-www-form-urlencoded",
                                        body.getBytes(StandardCharsets.UTF_8))
                                .status())
                .isEqualTo(200);
        caller.json(path + ":predict", "{\"instances\":[{\"b64\":\"AAAA\"}]}")
                .problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.json(path + ":explain", "{\"images\":[]}").problem(400, "INVALID_ARGUMENT");
        caller.json("/v1/models/other:explain", body).problem(404, "UNKNOWN_MODEL");
        assertThat(caller.get(path).json().path("ready").asBoolean()).isTrue();
    }

    @Test
    void anExplanationHasNoFieldThatTheContractHasNot() {
        String contract = caller.get("/openapi.yaml").body();
        JsonNode explanation = explained("").json().path("explanation");
        List.of(
                        explanation,
                        explanation.path("layers").path(0),
                        explanation.path("class_attention").path(0))
                .forEach(object ->
                        object.propertyNames()
                                .forEach(name -> assertThat(contract).contains(name + ":")));
        assertThat(JsonMapper.shared().writeValueAsString(explanation)).doesNotContain("NaN");
    }
}
