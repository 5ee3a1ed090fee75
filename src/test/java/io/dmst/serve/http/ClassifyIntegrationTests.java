package io.dmst.serve.http;

import static io.dmst.serve.http.Caller.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.serve.http.Caller.Answer;
import io.dmst.serve.predict.FakePredictor;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ServerTest
class ClassifyIntegrationTests {

    private final Caller caller;
    private final FakePredictor newer;

    ClassifyIntegrationTests(@LocalServerPort int port, @Autowired FakePredictor newer) {
        caller = new Caller(port);
        this.newer = newer;
    }

    @BeforeEach
    void reset() {
        newer.tellsColours();
    }

    @Test
    void anAnswerIsSentInOnePieceWithItsLength() {
        Answer answer = caller.put(CLASSIFY, Pictures.red());

        assertThat(answer.header("Content-Length"))
                .isEqualTo(String.valueOf(answer.body().getBytes(StandardCharsets.UTF_8).length));
        assertThat(answer.header("Transfer-Encoding")).isEmpty();
    }

    @Test
    void rawBytesAreClassifiedHoweverCurlSendsThem() {
        byte[] red = Pictures.red();
        assertThat(caller.put(CLASSIFY, red).labels()).containsExactly("red");
        for (String type :
                new String[] {
                    null,
                    "application/x-www-form-urlencoded",
                    "application/octet-stream",
                    "image/jpeg",
                    "image/png",
                    "IMAGE/JPEG; q=1"
                }) {
            assertThat(caller.post(CLASSIFY, type, red).labels()).as(type).containsExactly("red");
        }
        // a form would lose these bytes
        assertThat(
                        caller.post(CLASSIFY, "application/x-www-form-urlencoded", Pictures.blue())
                                .labels())
                .containsExactly("blue");
        assertThat(
                        caller.send(
                                        caller.to(CLASSIFY)
                                                .header(
                                                        "Content-Type",
                                                        "application/x-www-form-urlencoded")
                                                .PUT(BodyPublishers.ofByteArray(red)))
                                .labels())
                .containsExactly("red");
    }

    @Test
    void anAnswerNamesTheModelAndRanksEveryClassThatWasAskedFor() {
        Answer answer = caller.put(CLASSIFY + "?top_k=2&model=colours&version=1", Pictures.green());
        JsonNode json = answer.json();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(json.path("model").path("name").asString()).isEqualTo("colours");
        assertThat(json.path("model").path("version").asString()).isEqualTo("1");
        assertThat(json.path("model").path("digest").asString()).startsWith("sha256:111");
        JsonNode predictions = json.path("results").path(0).path("predictions");
        assertThat(predictions).hasSize(2);
        assertThat(predictions.path(0).path("label").asString()).isEqualTo("green");
        assertThat(predictions.path(0).path("index").asInt()).isEqualTo(1);
        assertThat(predictions.path(0).path("probability").asDouble())
                .isCloseTo(Math.E / (Math.E + 2), within(1e-3));
        assertThat(json.path("results").path(0).has("error")).isFalse();
        assertThat(
                        caller.put(CLASSIFY, Pictures.green())
                                .json()
                                .path("results")
                                .path(0)
                                .path("predictions"))
                .hasSize(3);
    }

    @Test
    void severalImagesKeepTheirPlacesAndABadOneSpoilsNoNeighbour() {
        byte[] bad = "not an image".getBytes(StandardCharsets.UTF_8);
        Answer form =
                caller.form(CLASSIFY, "image", Pictures.red(), bad, new byte[0], Pictures.blue());
        assertThat(form.status()).isEqualTo(200);
        assertThat(form.labels()).containsExactly("red", "-", "-", "blue");
        JsonNode results = form.json().path("results");
        assertThat(results.path(1).path("error").path("code").asString())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(results.path(2).path("error").path("code").asString())
                .isEqualTo("INVALID_IMAGE");
        assertThat(results.path(1).has("predictions")).isFalse();

        Answer json =
                caller.json(
                        CLASSIFY,
                        Caller.base64(Pictures.green(), Pictures.red())
                                .replace("]}", ",{\"b64\":\"*\"}]}"));
        assertThat(json.labels()).containsExactly("green", "red", "-");
        assertThat(json.json().path("results").path(2).path("error").path("code").asString())
                .isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void ofSeveralImagesThatAreAllBadEachHasItsError() {
        Answer answer = caller.form(CLASSIFY, "image", new byte[0], Pictures.zip());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.labels()).containsExactly("-", "-");
    }

    @Test
    void aFormsPartWithoutAFileNameIsAnImageTooAndOtherPartsAreIgnored() {
        byte[] green = Pictures.green();
        String head = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n";
        String part = "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n";
        byte[] body =
                Pictures.joined(
                        (head + part).getBytes(StandardCharsets.UTF_8),
                        Pictures.joined(green, "\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(caller.post(CLASSIFY, "multipart/form-data; boundary=b", body).labels())
                .containsExactly("green");
    }

    @Test
    void everyAnswerTellsItsTimesItsBatchAndItsRequest() {
        Answer answer =
                caller.send(
                        caller.to(CLASSIFY)
                                .header("X-Request-Id", "job-7/4")
                                .PUT(BodyPublishers.ofByteArray(Pictures.red())));
        assertThat(answer.header("Server-Timing"))
                .matches("decode;dur=\\d+\\.\\d{3}, queue;dur=2\\.000, compute;dur=3\\.000");
        assertThat(answer.header("x-batch-size")).isEqualTo("4");
        assertThat(answer.header("X-Request-Id")).isEqualTo("job-7/4");

        Answer bad = caller.put(CLASSIFY, Pictures.zip()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
        assertThat(bad.header("Server-Timing"))
                .matches("decode;dur=.*, queue;dur=0\\.000, compute;dur=0\\.000");
        assertThat(bad.header("x-batch-size")).isEqualTo("0");
        assertThat(caller.put(CLASSIFY + "?top_k=many", Pictures.red()).header("Server-Timing"))
                .isNotBlank();
    }

    @Test
    void aRequestIdThatCouldForgeALogLineIsReplaced() {
        for (String id : List.of("a b", "x".repeat(129), "{jndi}", "é")) {
            Answer answer = caller.send(caller.to("/v1/models").header("X-Request-Id", id).GET());
            assertThat(answer.header("X-Request-Id")).isNotBlank().isNotEqualTo(id).hasSize(36);
        }
    }

    @Test
    void parallelRequestsEachGetTheirOwnAnswer() throws Exception {
        List<byte[]> pictures = List.of(Pictures.red(), Pictures.green(), Pictures.blue());
        List<String> labels = List.of("red", "green", "blue");
        List<Future<List<String>>> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(24)) {
            for (int i = 0; i < 240; i++) {
                byte[] picture = pictures.get(i % 3);
                answers.add(callers.submit(() -> caller.put(CLASSIFY, picture).labels()));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).containsExactly(labels.get(i % 3));
            }
        }
    }
}
