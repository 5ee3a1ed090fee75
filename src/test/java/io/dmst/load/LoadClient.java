package io.dmst.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests by HTTP/1.1, each once. An open load is a Poisson process: a request is sent when
 * it is due, whether the ones before are answered or not, and its latency counts from the time at
 * which it was due, so that a client that is late hides no wait (no coordinated omission). Safe for
 * use by several threads.
 */
final class LoadClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long SEED = 1;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();

    /**
     * A request with a body of bytes.
     *
     * @param headers names and values in turn; none is allowed
     */
    static HttpRequest post(URI address, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address)
                        .timeout(TIMEOUT)
                        .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    /** Sends a request now and waits for its end. */
    Reply send(HttpRequest request) throws InterruptedException {
        return send(request, System.nanoTime());
    }

    private Reply send(HttpRequest request, long due) throws InterruptedException {
        try {
            return Reply.of(client.send(request, BodyHandlers.ofString()), System.nanoTime() - due);
        } catch (IOException e) {
            return Reply.of(e, System.nanoTime() - due);
        }
    }

    /**
     * Sends a request at a mean rate and waits until all are answered.
     *
     * @param rate requests per second, positive
     * @return one reply for each request that was due in the duration
     */
    List<Reply> open(HttpRequest request, double rate, Duration duration)
            throws InterruptedException, ExecutionException {
        List<Future<Reply>> replies = new ArrayList<>();
        Arrivals arrivals = new Arrivals(rate, SEED);
        long start = System.nanoTime();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long due = arrivals.next(); due < duration.toNanos(); due = arrivals.next()) {
                long at = start + due;
                TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
                replies.add(requests.submit(() -> send(request, at)));
            }
        }
        List<Reply> all = new ArrayList<>();
        for (Future<Reply> reply : replies) {
            all.add(reply.get());
        }
        return all;
    }

    /** Has a number of users send a request, each when its last one is answered. */
    List<Reply> closed(HttpRequest request, int users, Duration duration)
            throws InterruptedException, ExecutionException {
        List<Future<List<Reply>>> replies = new ArrayList<>();
        long end = System.nanoTime() + duration.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < users; i++) {
                replies.add(
                        threads.submit(() -> {
                            List<Reply> own = new ArrayList<>();
                            while (System.nanoTime() - end < 0) {
                                own.add(send(request));
                            }
                            return own;
                        }));
            }
        }
        List<Reply> all = new ArrayList<>();
        for (Future<List<Reply>> reply : replies) {
            all.addAll(reply.get());
        }
        return all;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
