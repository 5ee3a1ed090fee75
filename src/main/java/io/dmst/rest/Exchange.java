package io.dmst.rest;

import io.dmst.inference.FailureCode;
import io.dmst.inference.Timing;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What is known of one HTTP request while it is answered: its id, where its time went, and what the
 * metrics will say of it. Where a request has several images, each stage counts as long as it took
 * for the slowest of them.
 *
 * <p>Safe for use by several threads.
 */
final class Exchange {

    /** Stages that {@code Server-Timing} tells. */
    enum Stage {
        DECODE,
        QUEUE,
        COMPUTE;

        /** Its name in headers and metrics. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String REQUEST_ID = "X-Request-Id";
    static final String BATCH_SIZE = "x-batch-size";
    static final String SERVER_TIMING = "Server-Timing";

    private static final String ATTRIBUTE = Exchange.class.getName();

    private final String requestId;
    private final String path;
    private final long begun = System.nanoTime();
    private final Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    private int batchSize;
    private long bodyBytes;
    private @Nullable String operation;
    private String model = "unknown";
    private String outcome = "ok";
    private @Nullable Long answered;

    Exchange(String requestId, String path) {
        this.requestId = requestId;
        this.path = path;
    }

    /** The exchange of a request; one with a new id for a request that came past the filter. */
    static Exchange of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Exchange exchange) {
            return exchange;
        }
        Exchange exchange =
                new Exchange(RequestId.of(request.getHeader(REQUEST_ID)), request.getRequestURI());
        request.setAttribute(ATTRIBUTE, exchange);
        return exchange;
    }

    String requestId() {
        return requestId;
    }

    String path() {
        return path;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    synchronized void operation(String name) {
        operation = name;
    }

    synchronized @Nullable String operation() {
        return operation;
    }

    /** Names the model; only one that is served, so that the metrics stay bounded. */
    synchronized void model(String name) {
        model = name;
    }

    synchronized String model() {
        return model;
    }

    synchronized void failed(FailureCode code) {
        outcome = code.name().toLowerCase(Locale.ROOT);
        answered = System.nanoTime();
    }

    synchronized String outcome() {
        return outcome;
    }

    synchronized void spent(Stage stage, Duration duration) {
        stages.merge(stage, duration, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    synchronized void spent(Timing timing) {
        spent(Stage.QUEUE, timing.queue());
        spent(Stage.COMPUTE, timing.compute());
        batchSize = Math.max(batchSize, timing.batchSize());
    }

    /** Marks the point from which the answer only has to be written. */
    synchronized void answered() {
        answered = System.nanoTime();
    }

    /** Time since {@link #answered()}; absent before. */
    synchronized @Nullable Duration encoding() {
        return answered == null ? null : Duration.ofNanos(System.nanoTime() - answered);
    }

    synchronized void reserved(long bytes) {
        bodyBytes += bytes;
    }

    synchronized long bodyBytes() {
        return bodyBytes;
    }

    /** Headers that every answer of an operation of ours carries. */
    synchronized HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        if (operation == null) {
            return headers;
        }
        StringBuilder timing = new StringBuilder();
        for (Stage stage : Stage.values()) {
            double milliseconds = stages.getOrDefault(stage, Duration.ZERO).toNanos() / 1_000_000.0;
            timing.append(timing.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%s;dur=%.3f", stage.label(), milliseconds));
        }
        headers.set(SERVER_TIMING, timing.toString());
        headers.set(BATCH_SIZE, String.valueOf(batchSize));
        return headers;
    }
}
