package io.dmst.serve.predict;

import io.dmst.serve.metrics.Metric;
import io.dmst.serve.metrics.RequestTrace;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What metrics, headers and traces say of one request. Where it has several images, each stage
 * counts as long as it took for the slowest of them. Safe for use by several threads.
 */
public final class RequestRecorder {

    /** Stages of a request. */
    public enum Stage {
        DECODE,
        QUEUE,
        COMPUTE;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** Its name in headers and metrics. */
        public String label() {
            return label;
        }
    }

    private final String protocol;
    private final Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    private int batchSize;
    private boolean fallback;
    private @Nullable String operation;
    private String model = "unknown";
    private String outcome = "ok";
    private RequestTrace trace = RequestTrace.NONE;
    private @Nullable Long answered;

    RequestRecorder(String protocol) {
        this.protocol = protocol;
    }

    public synchronized void operation(String name) {
        operation = name;
    }

    public synchronized @Nullable String operation() {
        return operation;
    }

    /** Sets the model; only one that is served, so that the label's values are bounded. */
    public synchronized void model(String name) {
        model = name;
    }

    public synchronized String model() {
        return model;
    }

    /** Sets the trace that the request belongs to. */
    public synchronized void trace(RequestTrace of) {
        trace = of;
    }

    public synchronized void failed(FailureCode code) {
        if (!outcome.equals("cancelled")) {
            outcome = code.name().toLowerCase(Locale.ROOT);
        }
        answered = System.nanoTime();
    }

    /** The client cancelled the request before its answer. */
    public synchronized void cancelled() {
        outcome = "cancelled";
    }

    public synchronized String outcome() {
        return outcome;
    }

    /** Adds a stage that has just ended. */
    public synchronized void stage(Stage stage, Duration took) {
        add(stage, took, Duration.ZERO);
    }

    /** Adds the stages of a prediction that has just been answered. */
    public synchronized void predicted(Timing timing) {
        add(Stage.QUEUE, timing.queue(), timing.compute());
        add(Stage.COMPUTE, timing.compute(), Duration.ZERO);
        batchSize = Math.max(batchSize, timing.batchSize());
        fallback |= timing.fallback();
    }

    private void add(Stage stage, Duration took, Duration ago) {
        trace.stage(stage.label(), took, ago);
        stages.merge(stage, took, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    /** Marks the point from which the answer only has to be encoded. */
    public synchronized void answered() {
        answered = System.nanoTime();
    }

    /** Duration of each stage that the request had. */
    public synchronized Map<Stage, Duration> stages() {
        return Map.copyOf(stages);
    }

    /** The stages as in the header {@code Server-Timing}, in milliseconds. */
    public synchronized String serverTiming() {
        StringBuilder timing = new StringBuilder();
        for (Stage stage : Stage.values()) {
            double millis = stages.getOrDefault(stage, Duration.ZERO).toNanos() / 1e6;
            timing.append(timing.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%s;dur=%.3f", stage.label(), millis));
        }
        return timing.toString();
    }

    /** Whether a gateway computed an image itself since no inference node answered. */
    public synchronized boolean fallback() {
        return fallback;
    }

    /** Images that were computed together; 0 where none was. */
    public synchronized int batchSize() {
        return batchSize;
    }

    /**
     * Writes the metrics of a finished request; none for one that reached no operation.
     *
     * @param elapsed since its arrival
     */
    public synchronized void record(MeterRegistry meters, Duration elapsed) {
        trace.end();
        if (operation == null) {
            return;
        }
        Metric.REQUESTS.count(meters, protocol, operation, model, outcome);
        Metric.REQUEST.time(meters, elapsed, protocol, operation);
        if (answered != null) {
            Metric.STAGE.time(meters, Duration.ofNanos(System.nanoTime() - answered), "encode");
        }
    }
}
