package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that send their bodies drop by drop are ended, and others are not refused for them. */
@ServerTest
@Timeout(120)
class SlowBodiesIntegrationTests {

    private static final int DRIPPING = 500;

    private final int port;
    private final Caller caller;

    SlowBodiesIntegrationTests(@LocalServerPort int port) {
        this.port = port;
        this.caller = new Caller(port);
    }

    private Socket start(String headers, byte[] first) throws IOException {
        Socket socket = new Socket("localhost", port);
        OutputStream out = socket.getOutputStream();
        out.write(
                ("POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        out.write(first);
        return socket;
    }

    private static byte[] chunk(byte[] bytes) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes(
                (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunk.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, chunked, ''",
        "multipart/form-data; boundary=x, chunked, ''",
        "image/jpeg, length, ''",
        "application/json, chunked, gzip"
    })
    void othersAreAnsweredWhileFiveHundredDrip(String type, String framing, String encoding)
            throws Exception {
        String headers =
                "Content-Type: "
                        + type
                        + "\r\n"
                        + (encoding.isEmpty() ? "" : "Content-Encoding: " + encoding + "\r\n")
                        + (framing.equals("chunked")
                                ? "Transfer-Encoding: chunked\r\n"
                                : "Content-Length: 100000\r\n");
        byte[] first = encoding.isEmpty() ? "{".getBytes(StandardCharsets.US_ASCII) : gzipped("{");
        List<Socket> dripping = new ArrayList<>();
        try {
            for (int i = 0; i < DRIPPING; i++) {
                dripping.add(start(headers, framing.equals("chunked") ? chunk(first) : first));
            }
            for (int i = 0; i < 20; i++) {
                Caller.Answer answer = caller.post("/v1/classify", "image/png", Pictures.red());
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            }
        } finally {
            for (Socket socket : dripping) {
                socket.close();
            }
        }
    }

    private static byte[] gzipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 8);
    }

    @Test
    void aSilentBodyIsAnsweredWith408AndItsConnectionIsClosed() throws IOException {
        try (Socket socket = start("Content-Length: 1000\r\n", new byte[1])) {
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408").contains("DEADLINE_EXCEEDED");
        }
    }

    @Test
    void aBodyThatIsStillArrivingAtTheRequestsDeadlineIsAnsweredWith408() throws Exception {
        try (Socket socket = start("Request-Timeout: 1\r\nContent-Length: 1000\r\n", new byte[1])) {
            Thread.sleep(1_200);
            socket.getOutputStream().write(1);
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408").contains("deadline");
        }
    }
}
