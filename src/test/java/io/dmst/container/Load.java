package io.dmst.container;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Users of a service, each with one picture; counts what they are answered. */
final class Load implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int USERS = 8;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Of those who send on time, and end before the senders do. */
    private final ExecutorService clocks = Executors.newVirtualThreadPerTaskExecutor();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final URI service;
    private final byte[] picture;
    private volatile boolean running = true;

    Load(URI service, byte[] picture) {
        this.service = service;
        this.picture = picture;
    }

    HttpResponse<String> send() throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(service.resolve("/v1/classify"))
                        .header("Request-Timeout", String.valueOf(PATIENCE.toSeconds()))
                        .timeout(PATIENCE.multipliedBy(2))
                        .PUT(BodyPublishers.ofByteArray(picture))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Requests per second that are answered if users wait for each answer. */
    double capacity(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        AtomicLong answered = new AtomicLong();
        try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < USERS; i++) {
                users.submit(() -> {
                    while (System.nanoTime() < end) {
                        if (send().statusCode() == 200) {
                            answered.incrementAndGet();
                        }
                    }
                    return null;
                });
            }
        }
        return answered.get() / (time.toMillis() / 1000.0);
    }

    /** Sends at this rate from now on, whether or not answers come. */
    void run(double perSecond) {
        long pause = Math.round(TimeUnit.SECONDS.toNanos(1) / perSecond);
        clocks.execute(() -> {
            for (long next = System.nanoTime(); running; next += pause) {
                LockSupport.parkNanos(next - System.nanoTime());
                threads.execute(this::ask);
            }
        });
    }

    private void ask() {
        String answer;
        try {
            HttpResponse<String> response = send();
            answer = response.statusCode() == 200 ? "ok" : response.body();
        } catch (IOException | InterruptedException e) {
            answer = e.toString();
        }
        answers.computeIfAbsent(answer, key -> new AtomicLong()).incrementAndGet();
    }

    /** How often each answer was given since the last time. */
    Map<String, AtomicLong> answers() {
        return answers;
    }

    long answered() {
        return answers.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Stops sending and waits for what is under way. */
    @Override
    public void close() {
        running = false;
        clocks.close();
        threads.close();
        client.close();
    }
}
