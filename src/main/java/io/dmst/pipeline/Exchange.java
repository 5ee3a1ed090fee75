package io.dmst.pipeline;

import io.dmst.inference.FailureCode;
import io.dmst.inference.Timing;
import io.dmst.observability.Metric;
import io.dmst.observability.RequestTrace;
import io.dmst.scheduling.OrderedStarts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request while it is answered: its id, where its time went, and what the
 * metrics will say of it. Where a request has several images, each stage counts as long as it took
 * for the slowest of them.
 *
 * <p>Safe for use by several threads.
 */
public final class Exchange {

    /**
     * Whoever waits for the answer, where one must look to see whether they still do.
     *
     * @param thread the only one that may look, or have another look while it waits
     * @param gone looks; costs a system call
     */
    private record Caller(Thread thread, BooleanSupplier gone) {}

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
    private final String requestId;
    private final String path;
    private final long begun = OrderedStarts.came();
    private final Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    private int batchSize;
    private boolean fallback;
    private long bodyBytes;
    private @Nullable String operation;
    private String model = "unknown";
    private String outcome = "ok";
    private boolean left;
    private boolean recorded;
    private boolean letIn;
    private @Nullable Runnable whenCome;
    private @Nullable Caller caller;
    private RequestTrace trace = RequestTrace.NONE;
    private @Nullable Long answered;
    private List<Upload> uploads = List.of();

    /**
     * A request that has just come.
     *
     * @param protocol value of the metrics' label
     * @param givenId of the caller; taken where it is harmless in a log and a header
     * @param path or method that was called
     */
    public Exchange(String protocol, @Nullable String givenId, String path) {
        this.protocol = protocol;
        this.requestId = RequestId.of(givenId);
        this.path = path;
    }

    public String requestId() {
        return requestId;
    }

    public String path() {
        return path;
    }

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    public synchronized void operation(String name) {
        operation = name;
    }

    public synchronized @Nullable String operation() {
        return operation;
    }

    /** Names the model; only one that is served, so that the metrics stay bounded. */
    public synchronized void model(String name) {
        model = name;
    }

    public synchronized String model() {
        return model;
    }

    public synchronized void failed(FailureCode code) {
        if (!left) {
            outcome = code.name().toLowerCase(Locale.ROOT);
        }
        answered = System.nanoTime();
    }

    /** Notes that the caller has gone before there was an answer. */
    public synchronized void left() {
        left = true;
        outcome = "cancelled";
    }

    /**
     * Says how to see whether the caller has gone.
     *
     * @param gone is called while this thread waits and at no other time, and costs a system call
     */
    public synchronized void caller(BooleanSupplier gone) {
        caller = new Caller(Thread.currentThread(), gone);
    }

    /** Whether one must look, while this thread waits, to see that the caller has gone. */
    synchronized boolean mustLook() {
        return caller != null && caller.thread() == Thread.currentThread();
    }

    /** Looks whether the caller has gone. */
    void look() {
        BooleanSupplier gone;
        synchronized (this) {
            gone = caller == null ? () -> false : caller.gone();
        }
        if (gone.getAsBoolean()) {
            left();
        }
    }

    /** Whether the caller is known to have gone. */
    synchronized boolean hasLeft() {
        return left;
    }

    public synchronized String outcome() {
        return outcome;
    }

    /** Notes an image that came with it, whose memory it holds until it is over. */
    synchronized void holds(Upload upload) {
        if (recorded) {
            upload.close();
            return;
        }
        if (uploads.isEmpty()) {
            uploads = new ArrayList<>(1);
        }
        uploads.add(upload);
    }

    private synchronized void over() {
        recorded = true;
        come();
        uploads.forEach(Upload::close);
        uploads = List.of();
        trace.end();
    }

    /**
     * Notes that its images may come.
     *
     * @param whenCome run once, when they have, or when it is over without them
     */
    synchronized void letIn(Runnable whenCome) {
        letIn = true;
        this.whenCome = whenCome;
    }

    /** Whether it was let in before its images came. */
    synchronized boolean wasLetIn() {
        return letIn;
    }

    /** Notes that its images have come. */
    synchronized void come() {
        if (whenCome != null) {
            whenCome.run();
            whenCome = null;
        }
    }

    /** Notes the trace that the request belongs to; ends it where the request is over already. */
    public synchronized void traced(RequestTrace of) {
        trace = of;
        if (recorded) {
            of.end();
        }
    }

    /** Hears of a stage that has just ended. */
    public void spent(Stage stage, Duration duration) {
        spent(stage, duration, Duration.ZERO);
    }

    private synchronized void spent(Stage stage, Duration duration, Duration ago) {
        trace.stage(stage.label(), duration, ago);
        stages.merge(stage, duration, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    public synchronized void spent(Timing timing) {
        spent(Stage.QUEUE, timing.queue(), timing.compute());
        spent(Stage.COMPUTE, timing.compute(), Duration.ZERO);
        batchSize = Math.max(batchSize, timing.batchSize());
        fallback |= timing.fallback();
    }

    /** Marks the point from which the answer only has to be written. */
    public synchronized void answered() {
        answered = System.nanoTime();
    }

    /** Time since {@link #answered()}; absent before. */
    public synchronized @Nullable Duration encoding() {
        return answered == null ? null : Duration.ofNanos(System.nanoTime() - answered);
    }

    /** How long each stage took that there was. */
    public synchronized Map<Stage, Duration> stages() {
        return Map.copyOf(stages);
    }

    /** The stages as in the header {@code Server-Timing}, in milliseconds. */
    public synchronized String serverTiming() {
        StringBuilder timing = new StringBuilder(56);
        for (Stage stage : Stage.values()) {
            long micros = stages.getOrDefault(stage, Duration.ZERO).toNanos() / 1_000;
            timing.append(timing.isEmpty() ? "" : ", ").append(stage.label()).append(";dur=");
            // every answer has this: a formatter would cost more than all of the rest here
            timing.append(micros / 1_000).append('.');
            timing.append((char) ('0' + micros / 100 % 10));
            timing.append((char) ('0' + micros / 10 % 10));
            timing.append((char) ('0' + micros % 10));
        }
        return timing.toString();
    }

    /** Whether a gateway computed any of the images itself since no inference node answered. */
    public synchronized boolean fallback() {
        return fallback;
    }

    /** Images that were computed together; 0 where none was. */
    public synchronized int batchSize() {
        return batchSize;
    }

    /** Notes memory that the request's body took out of the budget. */
    public synchronized void reserved(long bytes) {
        bodyBytes += bytes;
    }

    public synchronized long bodyBytes() {
        return bodyBytes;
    }

    /** Writes the metrics of a request that has been answered; of none that named no operation. */
    public void record(MeterRegistry meters) {
        over();
        String named = operation();
        if (named == null) {
            return;
        }
        Metric.REQUESTS.count(meters, protocol, named, model(), outcome());
        Metric.REQUEST.time(meters, elapsed(), protocol, named);
        Duration encoding = encoding();
        if (encoding != null) {
            Metric.STAGE.time(meters, encoding, "encode");
        }
    }
}
