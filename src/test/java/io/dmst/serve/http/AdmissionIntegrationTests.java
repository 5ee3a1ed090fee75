package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import io.dmst.serve.predict.FakePredictor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What a model would refuse is refused before it costs anything. */
@ServerTest
@Timeout(120)
class AdmissionIntegrationTests {

    private final int port;
    private final Caller caller;

    @Autowired private FakePredictor newer;
    @Autowired private MeterRegistry meters;

    AdmissionIntegrationTests(@LocalServerPort int port) {
        this.port = port;
        this.caller = new Caller(port);
    }

    @BeforeEach
    void overload() {
        newer.unready(true);
    }

    @AfterEach
    void reset() {
        newer.unready(false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/classify",
                "/v1/explain",
                "/v1/models/colours:predict",
                "/v1/models/colours:explain",
                "/v2/models/colours/infer"
            })
    void aBodyIsNotEvenReadOnAnyPath(String path) {
        Answer answer = caller.post(path, "application/octet-stream", new byte[] {1, 2, 3});
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.header("Server-Timing")).startsWith("decode;dur=0.000");
    }

    @Test
    void refusalsAreTheSameProblemWhereverTheyAreMade() {
        byte[] image = {1, 2, 3};
        Answer first = caller.post("/v1/classify", "application/octet-stream", image);
        Answer later = caller.post("/v1/models/colours:predict", "application/json", image);

        assertThat(first.header("Content-Type")).isEqualTo(later.header("Content-Type"));
        assertThat(first.header("X-Request-Id")).isNotBlank();
        assertThat(first.body().replaceAll(first.header("X-Request-Id"), "ID"))
                .isEqualTo(
                        later.body()
                                .replaceAll(later.header("X-Request-Id"), "ID")
                                .replace("/v1/models/colours:predict", "/v1/classify"));
    }

    @ParameterizedTest
    @CsvSource({"/v1/classify,classify", "/v1/explain,explain"})
    void aRefusalCountsAsItsOperation(String path, String operation) {
        double before = refused(operation);
        caller.post(path, "application/octet-stream", new byte[] {1, 2, 3});
        // an answer may be there before it has been counted
        Awaitility.await().until(() -> refused(operation) == before + 1);
    }

    private double refused(String operation) {
        return meters
                .find("dmst.requests")
                .tags("operation", operation, "outcome", "not_ready")
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void aMethodThatIsNotForThePathIsSaidToBeSoEvenIfThereIsNoRoom() {
        assertThat(caller.send(caller.to("/v1/classify").GET()).status()).isEqualTo(405);
    }

    @Test
    void whatIsWrongInItselfIsSaidEvenIfThereIsNoRoom() {
        assertThat(caller.post("/v1/classify?model=none", "image/png", Pictures.red()).status())
                .isEqualTo(404);
        Answer time =
                caller.send(
                        caller.to("/v1/classify")
                                .header("Request-Timeout", "soon")
                                .POST(BodyPublishers.ofByteArray(Pictures.red())));
        assertThat(time.status()).isEqualTo(400);
    }

    @Test
    void theRefusalComesBeforeTheBody() throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] begin = socket.getInputStream().readNBytes(12);
            assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 503");
            out.write(new byte[1000]);
        }
    }

    @Test
    void whoAsksBeforeSendingABodyIsNotToldToSendOneThatIsRefused() throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n"
                                            + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 503")
                    .containsIgnoringCase("Retry-After: 1")
                    .contains("NOT_READY");
        }
    }

    @Test
    void whoAsksAndIsLetInSendsTheBodyAndIsAnswered() throws IOException {
        newer.unready(false);
        Answer answer =
                caller.send(
                        caller.to("/v1/classify")
                                .expectContinue(true)
                                .POST(BodyPublishers.ofByteArray(Pictures.red())));
        assertThat(answer.labels()).as(answer.body()).containsExactly("red");
    }
}
