package io.dmst.serve.http;

import static io.dmst.serve.http.Caller.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Errors that no controller of ours made are problems all the same. */
@ServerTest
class FrameworkErrorsIntegrationTests {

    private final int port;
    private final Caller caller;

    FrameworkErrorsIntegrationTests(@LocalServerPort int port) {
        this.port = port;
        caller = new Caller(port);
    }

    @Test
    void aPathWithoutAnythingIs404() {
        Answer answer = caller.get("/v1/clasify");
        answer.problem(404, "INVALID_ARGUMENT");
        assertThat(answer.json().path("instance").asString()).isEqualTo("/v1/clasify");
    }

    @Test
    void aMethodThatIsNotForAPathIs405AndNamesThoseThatAre() {
        Answer answer = caller.get(CLASSIFY);
        answer.problem(405, "INVALID_ARGUMENT");
        assertThat(answer.header("Allow").split(", ?")).containsExactlyInAnyOrder("POST", "PUT");
        assertThat(answer.json().path("detail").asString()).contains("POST, PUT");
        caller.send(caller.to("/v1/models").DELETE()).problem(405, "INVALID_ARGUMENT");
    }

    @Test
    void anErrorIsAProblemEvenForWhoAsksForAnImage() {
        caller.send(
                        caller.to("/v1/nothing")
                                .header("Accept", "image/png")
                                .POST(BodyPublishers.ofString("")))
                .problem(404, "INVALID_ARGUMENT");
    }

    @Test
    void theErrorPathItselfIsNoWayIn() {
        caller.get("/error").problem(404, "INVALID_ARGUMENT");
    }

    @Test
    void whatIsMalformedAsHttpIsAProblemToo() throws IOException {
        String answer = raw("GET /v1/models/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"code\":\"INVALID_ARGUMENT\"", "\"request_id\":\"")
                .doesNotContain("<html", "Tomcat", "Exception");
    }

    @Test
    void aBodyThatEndsEarlyIs400() throws IOException {
        String head = "PUT %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n";
        String answer = raw(head.formatted(CLASSIFY) + "\r\nshort");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("INVALID_ARGUMENT");
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
