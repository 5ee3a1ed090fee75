package io.dmst.serve.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests to classify an image at a constant rate, whatever becomes of them, until it ends; fewer
 * where the machine does not manage.
 */
final class Load {

    private static final Path CAT = Path.of("src/test/resources/image/chelsea.png");
    private static final Duration SAFETY = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final HttpRequest request;
    private final Duration deadline;
    private final Semaphore room;
    private final Thread pacing;
    private volatile boolean over;

    /**
     * What became of a request.
     *
     * @param outcome {@code ok}, the code of its failure, or what the connection said
     * @param took until the answer was there
     */
    record Answer(String outcome, Duration took) {

        boolean ok() {
            return outcome.equals("ok");
        }
    }

    /** What became of all of them. */
    record Answers(List<Answer> each, Duration deadline) {

        Map<String, Long> outcomes() {
            Map<String, Long> counts = new TreeMap<>();
            each.forEach(answer -> counts.merge(answer.outcome(), 1L, Long::sum));
            return counts;
        }

        /** How long after its deadline the latest answer came; negative if before. */
        long latestMs() {
            return each.stream()
                    .mapToLong(answer -> answer.took().minus(deadline).toMillis())
                    .max()
                    .orElse(0);
        }

        /** The time within which nearly all were answered. */
        long msOf(double share) {
            List<Long> sorted =
                    each.stream().map(answer -> answer.took().toMillis()).sorted().toList();
            return sorted.isEmpty() ? 0 : sorted.get((int) (share * (sorted.size() - 1)));
        }

        @Override
        public String toString() {
            return "%d requests %s, median %d ms, 99 %% %d ms, the latest %+d ms from its deadline"
                    .formatted(each.size(), outcomes(), msOf(0.5), msOf(0.99), latestMs());
        }
    }

    private Load(URI to, Pace pace, Duration deadline) throws IOException {
        this.deadline = deadline;
        this.room = new Semaphore(pace.most());
        request =
                HttpRequest.newBuilder(to)
                        .header("Request-Timeout", String.valueOf(deadline.toMillis() / 1000.0))
                        .timeout(deadline.plus(SAFETY))
                        .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(CAT)))
                        .build();
        pacing = Thread.ofPlatform().name("load").daemon().start(() -> send(pace.rate()));
    }

    /**
     * How fast requests come.
     *
     * @param rate a second
     * @param most that are not answered yet; at that, the next one waits
     */
    record Pace(double rate, int most) {}

    /**
     * Begins.
     *
     * @param to where images are classified
     * @param deadline that each of them names
     */
    static Load begin(URI to, Pace pace, Duration deadline) throws IOException {
        return new Load(to, pace, deadline);
    }

    private void send(double rate) {
        long gap = (long) (1e9 / rate);
        long due = System.nanoTime();
        while (!over) {
            LockSupport.parkNanos(due - System.nanoTime());
            room.acquireUninterruptibly();
            due =
                    Math.max(
                            due + gap,
                            System.nanoTime() - gap); // what was missed is not made up for
            callers.execute(() -> {
                answers.add(ask());
                room.release();
            });
        }
    }

    private Answer ask() {
        long sent = System.nanoTime();
        String outcome;
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            outcome =
                    answer.statusCode() == 200
                            ? "ok"
                            : JsonMapper.shared()
                                    .readTree(answer.body())
                                    .path("code")
                                    .asString("HTTP " + answer.statusCode());
        } catch (IOException e) {
            outcome = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = "broken off";
        }
        return new Answer(outcome, Duration.ofNanos(System.nanoTime() - sent));
    }

    /** Goes on for so long. */
    Load lasts(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
        return this;
    }

    /** Answers so far. */
    int answered() {
        return answers.size();
    }

    /** Sends no more and waits for the last answer. */
    Answers end() throws InterruptedException {
        over = true;
        pacing.join();
        callers.shutdown();
        if (!callers.awaitTermination(deadline.plus(SAFETY).toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("a request is not answered long after its deadline");
        }
        client.close();
        return new Answers(List.copyOf(answers), deadline);
    }
}
