package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.DmstApplication;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A server that stops leaves no request without an answer. */
@Timeout(120)
class StopIntegrationTests {

    private static final int CLIENTS = 12;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext server =
            new SpringApplication(FakeModels.class, DmstApplication.class)
                    .run(
                            "--server.port=0",
                            "--spring.grpc.server.port=0",
                            "--management.server.port=0",
                            "--dmst.shutdown.idle-timeout=10s");
    private final int port =
            Integer.parseInt(server.getEnvironment().getRequiredProperty("local.server.port"));
    private final FakePredictor model = server.getBean("newer", FakePredictor.class);

    @AfterEach
    void stop() {
        server.close();
    }

    /** Answers after a while, as a model does that is told to stop. */
    private CompletableFuture<Outcome> later(PredictionRequest request) {
        if (!model.ready()) {
            return CompletableFuture.completedFuture(
                    new Failure(FailureCode.NOT_READY, "the model takes no requests"));
        }
        return CompletableFuture.supplyAsync(
                () -> FakePredictor.RED,
                CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
    }

    private HttpRequest request() throws IOException {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + Caller.CLASSIFY))
                .POST(HttpRequest.BodyPublishers.ofByteArray(Pictures.red()))
                .timeout(LONG)
                .build();
    }

    /** What a client got before it went elsewhere. */
    private record Visit(int answers, List<String> broken) {}

    private Visit visit(AtomicInteger answered) throws IOException, InterruptedException {
        int answers = 0;
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (true) {
                HttpResponse<String> answer;
                try {
                    answer = client.send(request(), HttpResponse.BodyHandlers.ofString());
                } catch (ConnectException e) {
                    return new Visit(answers, List.of()); // nothing was sent
                } catch (IOException e) {
                    return new Visit(answers, List.of(e.toString()));
                }
                if (answer.statusCode() != 200) {
                    assertThat(answer.statusCode()).isEqualTo(503);
                    assertThat(answer.body()).contains("NOT_READY");
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                    assertThat(answer.headers().firstValue("Connection")).hasValue("close");
                    return new Visit(answers, List.of());
                }
                answers++;
                answered.incrementAndGet();
            }
        }
    }

    @RepeatedTest(3)
    void underFullLoadEveryRequestIsAnsweredAndEveryConnectionIsEndedInOrder() throws Exception {
        model.answers(this::later);
        AtomicInteger answered = new AtomicInteger();
        List<Future<Visit>> visits = new ArrayList<>();
        try (ExecutorService clients = Executors.newThreadPerTaskExecutor(Thread::new)) {
            for (int i = 0; i < CLIENTS; i++) {
                visits.add(clients.submit(() -> visit(answered)));
            }
            await().atMost(LONG).until(() -> answered.get() > 10 * CLIENTS);
            server.close();
        }
        for (Future<Visit> visit : visits) {
            assertThat(visit.get().broken()).isEmpty();
        }
    }

    @Test
    void aConnectionThatLaidIdleIsStillAnsweredAndSoIsANewOne() throws Exception {
        model.answers(this::later);
        try (Socket idle = new Socket("localhost", port)) {
            assertThat(ask(idle)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            Thread stopping = Thread.ofVirtual().start(server::close);
            ConnectionsDrain drain = server.getBean(ConnectionsDrain.class);
            await().atMost(LONG).until(() -> !drain.isRunning());
            try (Socket late = new Socket("localhost", port)) {
                for (Socket client : List.of(late, idle)) {
                    assertThat(ask(client))
                            .startsWith("HTTP/1.1 503")
                            .contains("Connection: close", "Retry-After: ", "NOT_READY");
                    assertThat(client.getInputStream().read()).as("the end").isEqualTo(-1);
                }
            }
            stopping.join(LONG);
            assertThat(stopping.isAlive()).isFalse();
        }
    }

    @Test
    void aContextThatRestsAndGoesOnIsStillServed() throws Exception {
        server.pause();
        server.restart();
        try (Socket client = new Socket("localhost", port)) {
            assertThat(ask(client)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
        }
    }

    @Test
    void anAnswerThatWasUnderWayEndsItsConnectionToo() throws Exception {
        CompletableFuture<Outcome> slow = new CompletableFuture<>();
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        model.answers(request -> {
            asked.complete(true);
            return slow;
        });
        try (Socket client = new Socket("localhost", port)) {
            send(client);
            asked.get(30, TimeUnit.SECONDS);
            Thread stopping = Thread.ofVirtual().start(server::close);
            ConnectionsDrain drain = server.getBean(ConnectionsDrain.class);
            await().atMost(LONG).until(drain::draining);
            slow.complete(FakePredictor.RED);
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close");
            stopping.join(LONG);
            assertThat(stopping.isAlive()).isFalse();
        }
    }

    private static void send(Socket socket) throws IOException {
        byte[] image = Pictures.red();
        socket.getOutputStream()
                .write(
                        ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n")
                                .formatted(Caller.CLASSIFY, image.length)
                                .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(image);
    }

    /** One request; the body ends with its length or with the connection. */
    private static String ask(Socket socket) throws IOException {
        send(socket);
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\n")) {
            answer.append((char) socket.getInputStream().read());
        }
        Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(answer);
        if (!length.find()) {
            assertThat(answer).contains("Connection: close");
            byte[] rest = socket.getInputStream().readAllBytes();
            return answer + new String(rest, StandardCharsets.UTF_8);
        }
        byte[] body = socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
        return answer + new String(body, StandardCharsets.UTF_8);
    }
}
