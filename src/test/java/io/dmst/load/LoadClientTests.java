package io.dmst.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadClientTests {

    private static final long SERVICE_MILLIS = 50;

    private final ReentrantLock oneAtATime = new ReentrantLock(true);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LoadClient client = new LoadClient();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/slow", this::slow);
        server.createContext(
                "/overloaded",
                exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    answer(exchange, 429, "{\"code\":\"OVERLOADED\"}");
                });
        server.createContext(
                "/silent", exchange -> answer(exchange, 429, "{\"code\":\"OVERLOADED\"}"));
        server.createContext("/page", exchange -> answer(exchange, 500, "<html>"));
        server.createContext("/broken", HttpExchange::close);
        server.start();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void slow(HttpExchange exchange) throws IOException {
        oneAtATime.lock();
        try {
            Thread.sleep(SERVICE_MILLIS);
            answer(exchange, 200, "{}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            oneAtATime.unlock();
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, body.length());
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }

    private HttpRequest post(String path) {
        int port = server.getAddress().getPort();
        return LoadClient.post(URI.create("http://localhost:" + port + path), new byte[1]);
    }

    @Test
    void anOpenLoadDoesNotWaitForASlowServer() throws Exception {
        List<Reply> replies = client.open(post("/slow"), 60, Duration.ofSeconds(1));

        assertThat(replies).hasSizeBetween(35, 90).allMatch(Reply::ok);
        // the server does 20 a second, so the last ones wait for most of those before them
        assertThat(Latencies.of(replies).max())
                .isGreaterThan(SERVICE_MILLIS * replies.size() - 1_100);
    }

    @Test
    void aClosedLoadHasAsManyRequestsAtATimeAsUsers() throws Exception {
        List<Reply> replies = client.closed(post("/slow"), 2, Duration.ofMillis(500));

        assertThat(replies).hasSizeBetween(2, 12).allMatch(Reply::ok);
    }

    @Test
    void onlyDocumentedRefusalsAreRefusals() throws Exception {
        assertThat(client.send(post("/overloaded"))).matches(Reply::refused);
        for (String path : List.of("/silent", "/page", "/broken")) {
            assertThat(client.send(post(path)))
                    .matches(reply -> !reply.refused())
                    .matches(reply -> !reply.ok());
        }
        assertThat(client.send(post("/broken")).code()).isEqualTo(Reply.LOST);
    }

    @Test
    void aRequestWithoutAConnectionIsNotLost() throws Exception {
        HttpRequest request = post("/slow");
        server.stop(0);

        assertThat(client.send(request).code()).isEqualTo(Reply.NOT_CONNECTED);
    }
}
