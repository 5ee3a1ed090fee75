package io.dmst.inference.session;

import io.dmst.inference.DriftProperties;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionMetrics;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Predictor;
import io.dmst.inference.ProbeValues;
import io.dmst.inference.ServedModel;
import io.dmst.inference.Timing;
import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts in this process: platform threads, as many as computations may run at a time, behind a
 * bounded queue.
 *
 * <p>Safe for use by several threads.
 */
final class LocalPredictor implements Predictor {

    private static final Logger log = LoggerFactory.getLogger(LocalPredictor.class);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ServedModel model;
    private final Engine engine;
    private final PredictionMetrics predictions;
    private final MeterRegistry meters;
    private final ThreadPoolExecutor workers;

    /**
     * Takes over the engine and closes it with itself.
     *
     * @param threads computations at a time, at least 1
     * @param queue images that may wait, at least 1
     */
    LocalPredictor(ServedModel model, Engine engine, MeterRegistry meters, int threads, int queue) {
        this(
                model,
                engine,
                new PredictionMetrics(model, meters, DriftProperties.standard()),
                meters,
                threads,
                queue);
    }

    /** As the other one, with what watches the predictions. */
    LocalPredictor(
            ServedModel model,
            Engine engine,
            PredictionMetrics predictions,
            MeterRegistry meters,
            int threads,
            int queue) {
        this.model = model;
        this.predictions = predictions;
        this.engine = engine;
        this.meters = meters;
        this.workers =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(queue),
                        Thread.ofPlatform().name("inference-", 0).daemon().factory());
        Metric.MODEL_INFO.show(meters, model.name(), model.version(), model.digest());
    }

    @Override
    public ServedModel model() {
        return model;
    }

    @Override
    public boolean ready() {
        return !workers.isShutdown();
    }

    @Override
    public CompletableFuture<Outcome> predict(PredictionRequest request) {
        if (request.pixels().length != model.pixelBytes()) {
            throw new IllegalArgumentException(
                    "model %s takes %d bytes of pixels, not %d"
                            .formatted(model.name(), model.pixelBytes(), request.pixels().length));
        }
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        long accepted = System.nanoTime();
        try {
            workers.execute(() -> answer(request, answer, accepted));
        } catch (RejectedExecutionException e) {
            answer.complete(
                    ready()
                            ? new Failure(
                                    FailureCode.OVERLOADED,
                                    "too many images are waiting; send this one again later",
                                    SOON)
                            : stopping());
        }
        return answer;
    }

    private static Failure stopping() {
        return new Failure(
                FailureCode.NOT_READY, "the service is stopping; send the request again", SOON);
    }

    private void answer(
            PredictionRequest request, CompletableFuture<Outcome> answer, long accepted) {
        if (answer.isDone()) {
            return;
        }
        if (request.deadline().passed()) {
            answer.complete(
                    new Failure(
                            FailureCode.DEADLINE_EXCEEDED,
                            "the request's time was over while it waited for the model"));
            return;
        }
        try {
            answer.complete(compute(request, accepted));
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            log.error("request {}: the model {} failed", request.id(), model.name(), e);
            answer.complete(internal());
        }
    }

    private static Failure internal() {
        return new Failure(
                FailureCode.INTERNAL, "the model failed on this image; it is a fault of ours");
    }

    private Outcome compute(PredictionRequest request, long accepted) {
        if (!request.probes().isEmpty() && !engine.probes().containsAll(request.probes())) {
            return unknownProbe(request.probes());
        }
        long begun = System.nanoTime();
        Map<String, ProbeValues> outputs =
                engine.run(List.of(request.pixels()), request.probes()).getFirst();
        Timing timing =
                new Timing(
                        Duration.ofNanos(begun - accepted),
                        Duration.ofNanos(System.nanoTime() - begun),
                        1);
        Prediction prediction = Outputs.prediction(outputs, timing);
        record(timing);
        if (!finite(prediction.logits()) || !finite(prediction.probabilities())) {
            log.error(
                    "request {}: the model {} answered numbers that are not finite",
                    request.id(),
                    model.name());
            return internal();
        }
        return predictions.observed(prediction);
    }

    private Failure unknownProbe(Set<String> wanted) {
        String unknown =
                wanted.stream()
                        .filter(p -> !engine.probes().contains(p))
                        .sorted()
                        .toList()
                        .toString();
        return new Failure(
                FailureCode.INVALID_ARGUMENT,
                "model %s has no probes %s".formatted(model.name(), unknown));
    }

    private void record(Timing timing) {
        Metric.STAGE.time(meters, timing.queue(), "queue");
        Metric.STAGE.time(meters, timing.compute(), "compute");
        Metric.BATCH_SIZE.record(meters, timing.batchSize());
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                log.warn(
                        "computations still run; their native memory is left to the process's end");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        engine.close();
    }
}
