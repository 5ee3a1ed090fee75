package io.dmst.serve.http;

import static io.dmst.serve.http.Caller.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Provokes every status that {@code /v1/classify} documents. */
@ServerTest
class ClassifyFailuresIntegrationTests {

    private final Caller caller;
    private final FakePredictor newer;

    ClassifyFailuresIntegrationTests(@LocalServerPort int port, @Autowired FakePredictor newer) {
        caller = new Caller(port);
        this.newer = newer;
    }

    @AfterEach
    void reset() {
        newer.tellsColours();
    }

    @ParameterizedTest
    @ValueSource(strings = {"top_k=0", "top_k=-1", "top_k=many", "top_k=1.5", "top_k=99999999999"})
    void aMalformedParameterIs400(String query) {
        Answer answer = caller.put(CLASSIFY + "?" + query, Pictures.red());
        answer.problem(400, "INVALID_ARGUMENT");
        assertThat(answer.json().path("detail").asString()).contains("top_k");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"images\":[]}",
                "{\"images\":null}",
                "{\"images\":\"a\"}",
                "{\"pictures\":[]}",
                "{\"images\":[{\"base64\":\"\"}]}",
                "{\"images\":[{}]}",
                "{\"images\":[null]}",
                "{\"images\":[{\"b64\":7}]}",
                "{\"images\":[{\"b64\":\"%\"}]}",
                "{\"images\":[{\"b64\":\"\"}]} trailing",
                "[[[[[[[[[[[[[[[["
            })
    void malformedJsonIs400(String body) {
        caller.json(CLASSIFY, body).problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void aMalformedFormOrHeaderIs400() {
        caller.form(CLASSIFY, "picture", Pictures.red()).problem(400, "INVALID_ARGUMENT");
        caller.post(CLASSIFY, "multipart/form-data", Pictures.red())
                .problem(400, "INVALID_ARGUMENT");
        caller.post(
                        CLASSIFY,
                        "multipart/form-data; boundary=x",
                        "--x\r\nnonsense".getBytes(StandardCharsets.UTF_8))
                .problem(400, "INVALID_ARGUMENT");
        caller.post(CLASSIFY, "image", Pictures.red()).problem(400, "INVALID_ARGUMENT");
        for (String timeout : new String[] {"soon", "-1", "1e3", "", "1.", "12345678901"}) {
            timed(timeout).problem(400, "INVALID_ARGUMENT");
        }
    }

    private Answer timed(String timeout) {
        return caller.send(
                caller.to(CLASSIFY)
                        .header("Request-Timeout", timeout)
                        .PUT(BodyPublishers.ofByteArray(Pictures.red())));
    }

    @Test
    void anUnknownModelOrVersionIs404() {
        caller.put(CLASSIFY + "?model=shapes", Pictures.red()).problem(404, "UNKNOWN_MODEL");
        Answer answer = caller.put(CLASSIFY + "?version=3", Pictures.red());
        answer.problem(404, "UNKNOWN_MODEL");
        assertThat(answer.json().path("detail").asString()).contains("\"3\"", "1, 2");
    }

    @Test
    void anAnswerThatCannotBeWhatIsAskedForIs406() {
        caller.send(
                        caller.to(CLASSIFY)
                                .header("Accept", "image/png")
                                .PUT(BodyPublishers.ofByteArray(Pictures.red())))
                .problem(406, "INVALID_ARGUMENT");
    }

    @Test
    void tooMuchOfAnythingIs413() {
        byte[] large = Pictures.noise("bmp", 300);
        assertThat(large.length).isGreaterThan(200 * 1024).isLessThan(400 * 1024);
        caller.put(CLASSIFY, large).problem(413, "TOO_LARGE");
        caller.post(
                        CLASSIFY,
                        null,
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .problem(413, "TOO_LARGE");
        caller.form(CLASSIFY, "image", large).problem(413, "TOO_LARGE");
        caller.form(CLASSIFY, "image", large, large).problem(413, "TOO_LARGE");
        caller.json(CLASSIFY, Caller.base64(large)).problem(413, "TOO_LARGE");
        caller.json(CLASSIFY, Caller.base64(large, large)).problem(413, "TOO_LARGE");
        byte[] red = Pictures.red();
        caller.form(CLASSIFY, "image", red, red, red, red, red).problem(413, "TOO_LARGE");
        caller.form(CLASSIFY, "image", new byte[12][0]).problem(413, "TOO_LARGE");
        caller.json(CLASSIFY, Caller.base64(red, red, red, red, red)).problem(413, "TOO_LARGE");
        caller.put(CLASSIFY, Pictures.pngHeader(50_000, 50_000)).problem(413, "TOO_LARGE");
        caller.put(CLASSIFY, Pictures.pngHeader(10, 9_000)).problem(413, "TOO_LARGE");
    }

    @Test
    void whatIsNoImageIs415() {
        caller.post(CLASSIFY, "text/plain", Pictures.red()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.post(CLASSIFY, "video/mp4", Pictures.red()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.put(CLASSIFY, "%PDF-1.7\n%âãÏÓ\n".getBytes(StandardCharsets.UTF_8))
                .problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.post(
                        CLASSIFY,
                        "image/svg+xml",
                        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"
                                .getBytes(StandardCharsets.UTF_8))
                .problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void anUnreadableImageIs422() {
        caller.put(CLASSIFY, new byte[0]).problem(422, "INVALID_IMAGE");
        caller.form(CLASSIFY, "image", new byte[0]).problem(422, "INVALID_IMAGE");
        caller.put(CLASSIFY, Pictures.pngHeader(10, 10)).problem(422, "INVALID_IMAGE");
    }

    @Test
    void anOverloadedModelIs429WithTheTimeToWait() {
        newer.answers(new Failure(FailureCode.OVERLOADED, "too many wait", Duration.ofSeconds(7)));
        Answer answer = caller.put(CLASSIFY, Pictures.red()).problem(429, "OVERLOADED");
        assertThat(answer.header("Retry-After")).isEqualTo("7");
        caller.form(CLASSIFY, "image", Pictures.red(), new byte[0]).problem(429, "OVERLOADED");
    }

    @Test
    void aModelThatIsNotReadyIs503WithTheTimeToWait() {
        newer.answers(new Failure(FailureCode.NOT_READY, "it is being loaded"));
        Answer answer = caller.put(CLASSIFY, Pictures.red()).problem(503, "NOT_READY");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test
    void aFaultIs500AndSaysNothingOfWhatIsInside() {
        newer.answers(new Failure(FailureCode.INTERNAL, "the model failed"));
        caller.put(CLASSIFY, Pictures.red()).problem(500, "INTERNAL");
        newer.answers(
                request -> CompletableFuture.failedFuture(new IllegalStateException("secret")));
        caller.put(CLASSIFY, Pictures.red()).problem(500, "INTERNAL");
        newer.answers(request -> {
            throw new IllegalStateException("secret");
        });
        Answer answer = caller.put(CLASSIFY, Pictures.red()).problem(500, "INTERNAL");
        assertThat(answer.body()).doesNotContain("secret", "IllegalState");
        caller.form(CLASSIFY, "image", Pictures.red(), Pictures.red()).problem(500, "INTERNAL");
    }

    @Test
    void aRequestWhoseTimeIsOverIs504AndItsPredictionIsCancelled() throws Exception {
        CompletableFuture<Outcome> never = new CompletableFuture<>();
        newer.answers(request -> never);
        timed("0.2").problem(504, "DEADLINE_EXCEEDED");
        assertThat(cancelled(never)).isTrue();
        timed("0").problem(504, "DEADLINE_EXCEEDED");
    }

    private static boolean cancelled(CompletableFuture<Outcome> future) throws Exception {
        try {
            return future.get(5, TimeUnit.SECONDS) == null;
        } catch (java.util.concurrent.CancellationException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void theDeadlineIsHandedToTheModel() {
        CompletableFuture<Duration> seen = new CompletableFuture<>();
        newer.answers(request -> {
            seen.complete(request.deadline().remaining());
            return CompletableFuture.completedFuture(
                    new Failure(FailureCode.INVALID_ARGUMENT, "seen"));
        });
        timed("12.5").problem(400, "INVALID_ARGUMENT");
        assertThat(seen.join()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(12_500));
    }
}
