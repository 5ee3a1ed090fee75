package io.dmst.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.FakePredictor;
import io.dmst.inference.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A client that closes its connection before the answer is noticed, and nobody else is. */
@ServerTest
@Timeout(120)
class CallerLeavesIntegrationTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    @LocalServerPort private int port;
    @Autowired private MeterRegistry meters;

    @Autowired private FakePredictor newer;

    private final List<CompletableFuture<Outcome>> asked = new CopyOnWriteArrayList<>();

    private void modelIsSlow() {
        newer.answers(request -> {
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        });
    }

    @AfterEach
    void reset() {
        newer.tellsColours();
    }

    private static byte[] request(String headers, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                ("POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private static byte[] raw() {
        byte[] image = Pictures.red();
        return request("Content-Length: " + image.length + "\r\n", image);
    }

    private static byte[] chunked() {
        byte[] image = Pictures.red();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(
                (Integer.toHexString(image.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(image);
        body.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return request("Transfer-Encoding: chunked\r\n", body.toByteArray());
    }

    private static byte[] two() {
        byte[] json =
                Caller.base64(Pictures.red(), Pictures.red()).getBytes(StandardCharsets.UTF_8);
        return request(
                "Content-Type: application/json\r\nContent-Length: " + json.length + "\r\n", json);
    }

    private double cancelled() {
        return meters.find("dmst.requests").tag("outcome", "cancelled").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private void leave(byte[] request, int images) throws IOException {
        asked.clear();
        double before = cancelled();
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(request);
            await().atMost(LONG).until(() -> asked.size() == images);
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(asked).allMatch(a -> a.isCancelled()));
        await().atMost(LONG).until(() -> cancelled() == before + 1);
    }

    @Test
    void whatNobodyWaitsForIsTakenOutOfTheQueueAndCountedAsCancelled() throws IOException {
        modelIsSlow();
        leave(raw(), 1);
        leave(chunked(), 1);
        leave(two(), 2);
    }

    private void stay(byte[]... sent) throws Exception {
        modelIsSlow();
        asked.clear();
        try (Socket socket = new Socket("localhost", port)) {
            for (byte[] some : sent) {
                socket.getOutputStream().write(some);
            }
            await().atMost(LONG).until(() -> asked.size() == 1);
            // long enough for several looks at the connection
            Thread.sleep(150);
            socket.getOutputStream().write(raw());
            Thread.sleep(100);
            for (int i = 1; i <= 3; i++) {
                int number = i;
                await("number " + number).atMost(LONG).until(() -> asked.size() == number);
                assertThat(asked.getLast().isDone()).isFalse();
                asked.getLast().complete(new Failure(FailureCode.OVERLOADED, "number " + number));
                assertThat(readUntil(socket, "number " + number)).startsWith("HTTP/1.1 429");
            }
        }
    }

    @Test
    void whoStaysIsNotTakenForGoneAndRequestsThatCameEarlyAreNotLost() throws Exception {
        stay(raw(), raw());
        stay(Pictures.joined(raw(), raw())); // read by the server at once
        byte[] two = Pictures.joined(raw(), raw());
        int inTheSecond = raw().length + 40;
        stay(Arrays.copyOf(two, inTheSecond), Arrays.copyOfRange(two, inTheSecond, two.length));
    }

    private static String readUntil(Socket socket, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as(read.toString()).isNotNegative();
            read.append((char) next);
        }
        // the rest of this answer
        while (read.indexOf("}", read.indexOf(text)) < 0) {
            read.append((char) socket.getInputStream().read());
        }
        String answer = read.toString();
        return answer.substring(Math.max(0, answer.indexOf("HTTP/1.1")));
    }
}
