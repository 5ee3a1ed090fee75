package io.dmst.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dmst.bench.Targets.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTests {

    private static final byte[] IMAGE = {1, 2, 3};
    private static final String CLOSE = "Connection: close";

    /** What the server answers next. */
    private record Reply(int status, Map<String, String> headers, String body) {}

    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private Reply reply = new Reply(200, Map.of(), "{}");
    private @Nullable HttpServer server;
    private URI address = URI.create("http://localhost");

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        int bytes = exchange.getRequestBody().readAllBytes().length;
        received.add(
                "%s %s %d %s"
                        .formatted(
                                exchange.getRequestMethod(),
                                exchange.getRequestURI(),
                                bytes,
                                exchange.getRequestHeaders().getFirst("Request-Timeout")));
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = reply.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Target.Answer send(Reply next, @Nullable Duration timeout) throws InterruptedException {
        reply = next;
        try (Target target = Targets.of(List.of(address), Operation.EXPLAIN, timeout)) {
            return target.send(IMAGE);
        }
    }

    @Test
    void anAnswerTellsItsStagesAndBatch() throws InterruptedException {
        Map<String, String> headers =
                Map.of(
                        "Server-Timing",
                        "decode;dur=1.250, queue;dur=0, compute;dur=3.5",
                        "x-batch-size",
                        "4");

        assertThat(send(new Reply(200, headers, "{}"), Duration.ofMillis(1500)))
                .isEqualTo(
                        new Target.Answer(
                                "OK",
                                false,
                                Map.of("decode", 1.25, "queue", 0.0, "compute", 3.5),
                                4));
        assertThat(received).containsExactly("POST /v1/explain 3 1.500000");
    }

    @Test
    void aFailureIsNamedByItsProblemOrElseByItsStatus() throws InterruptedException {
        Reply refusal = new Reply(429, Map.of("Retry-After", "1"), "{\"code\":\"OVERLOADED\"}");

        assertThat(send(refusal, null))
                .isEqualTo(new Target.Answer("OVERLOADED", true, Map.of(), 0));
        assertThat(send(new Reply(502, Map.of(), "<html>"), null).code()).isEqualTo("HTTP_502");
        assertThat(send(new Reply(500, Map.of(), "{\"error\":1}"), null).code())
                .isEqualTo("HTTP_500");
        assertThat(received).allMatch(line -> line.endsWith(" null"));
    }

    @Test
    void aServerThatIsNotThereIsAnOutcomeToo() throws InterruptedException {
        stop();

        assertThat(send(reply, null).code()).isEqualTo("CONNECT");
    }

    @Test
    @Timeout(60)
    void anAnswerThatDoesNotComeIsGivenUpAndOnesThatDoComeAreNot() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                Target target = impatient(at(silent))) {
            assertThat(target.send(IMAGE).code()).isEqualTo("CLIENT_TIMEOUT");
        }
        try (Target target = impatient(address)) {
            assertThat(target.send(IMAGE).code()).isEqualTo("OK");
            Thread.sleep(500); // the kept connection, though, may lie idle for longer
            assertThat(target.send(IMAGE).code()).isEqualTo("OK");
        }
    }

    private static Target impatient(URI address) {
        return new HttpTarget(
                address, Encoding.Message::of, null, Duration.ofMillis(150), Duration.ofMinutes(1));
    }

    @Test
    @Timeout(60)
    void aConnectionWithoutARequestIsEndedBeforeTheServerDoesSo() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                Target target =
                        new HttpTarget(
                                at(socket),
                                Encoding.Message::of,
                                null,
                                Duration.ofMinutes(1),
                                Duration.ofMillis(200))) {
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Integer> next = new CompletableFuture<>();
                Thread.ofVirtual()
                        .start(() -> {
                            try (Socket connection = socket.accept()) {
                                readRequest(connection.getInputStream());
                                connection.getOutputStream().write(answer.getBytes(UTF_8));
                                next.complete(connection.getInputStream().read());
                            } catch (IOException e) {
                                next.completeExceptionally(e);
                            }
                        });
                assertThat(target.send(IMAGE).code()).isEqualTo("OK");
                assertThat(next.get()).isEqualTo(-1);
            }
        }
    }

    /** A server by hand: says to each request of each connection what it is told, as it is. */
    private static Thread serve(ServerSocket socket, AtomicInteger connections, String... answers) {
        return Thread.ofVirtual()
                .start(() -> {
                    int answered = 0;
                    try {
                        while (answered < answers.length) {
                            try (Socket connection = socket.accept()) {
                                connections.incrementAndGet();
                                boolean open = true;
                                while (open && answered < answers.length) {
                                    readRequest(connection.getInputStream());
                                    String answer = answers[answered++];
                                    connection.getOutputStream().write(answer.getBytes(UTF_8));
                                    open = answer.startsWith("HTTP") && !answer.contains(CLOSE);
                                }
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static void readRequest(InputStream from) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = from.read();
            if (next < 0) {
                throw new EOFException(head.toString());
            }
            head.append((char) next);
        }
        assertThat(head.toString().toLowerCase(Locale.ROOT)).contains("\r\ncontent-length: 3\r\n");
        assertThat(from.readNBytes(IMAGE.length)).isEqualTo(IMAGE);
    }

    @Test
    @Timeout(60)
    void aConnectionIsKeptForAsLongAsTheServerKeepsIt() throws Exception {
        String kept = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        String chunked =
                "HTTP/1.1 422 Wrong\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "9\r\n{\"code\": \r\n7\r\n\"OTHER\"\r\n1\r\n}\r\n0\r\n\r\n";
        String last = "HTTP/1.1 200 OK\r\n" + CLOSE + "\r\nContent-Length: 2\r\n\r\n{}";
        String toTheEnd = "HTTP/1.1 503 Later\r\n" + CLOSE + "\r\nRetry-After: 1\r\n\r\n<html>";
        String nothing = "";
        String half = "HTTP/1.1 200 OK\r\n" + CLOSE + "\r\nContent-Length: 9\r\n\r\n{}";
        AtomicInteger connections = new AtomicInteger();
        List<Target.Answer> answers = new ArrayList<>();
        List<Integer> soFar = new ArrayList<>();
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                Target target = Targets.of(List.of(at(socket)), Operation.CLASSIFY, null)) {
            String[] all = {kept, chunked, kept, last, toTheEnd, nothing, half, kept};
            Thread server = serve(socket, connections, all);
            for (int i = 0; i < all.length; i++) {
                answers.add(target.send(IMAGE));
                soFar.add(connections.get());
            }
            server.join();
        }

        assertThat(answers)
                .extracting(Target.Answer::code)
                .containsExactly(
                        "OK", "OTHER", "OK", "OK", "NOT_READY", "TRANSPORT", "TRANSPORT", "OK");
        assertThat(answers.get(4).retryAfter()).isTrue();
        assertThat(soFar).containsExactly(1, 1, 1, 1, 2, 3, 4, 5);
    }

    private static URI at(ServerSocket socket) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    @Test
    @Timeout(60)
    void aServerThatDoesNotEncryptGivesNoAnswerThatIsOne() throws InterruptedException {
        URI secure = URI.create("https" + address.toString().substring("http".length()));
        try (Target target = Targets.of(List.of(secure), Operation.CLASSIFY, null)) {
            assertThat(target.send(IMAGE).code()).isEqualTo("TRANSPORT");
        }
        assertThat(received).isEmpty();
    }

    @Test
    void anAddressWithAPathIsTakenAsItIsAndSeveralAreAskedInTurn() throws InterruptedException {
        List<URI> addresses = List.of(address.resolve("/other?top_k=1"), address);
        try (Target target = Targets.of(addresses, Operation.CLASSIFY, null)) {
            target.send(IMAGE);
            target.send(IMAGE);
            target.send(IMAGE);
        }

        assertThat(received)
                .containsExactly(
                        "POST /other?top_k=1 3 null",
                        "POST /v1/classify 3 null",
                        "POST /other?top_k=1 3 null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8080", "ftp://localhost", "/v1/classify", "http:///x"})
    void otherAddressesAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Targets.of(List.of(URI.create(text)), Operation.CLASSIFY, null))
                .withMessageContaining("expected an address such as");
    }
}
