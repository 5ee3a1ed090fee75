package io.dmst.serve.gateway;

import io.dmst.core.engine.ProbeValues;
import io.dmst.serve.gateway.NodeRequest.Answer;
import io.dmst.serve.gateway.NodeRequest.Means;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.Timing;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts on inference nodes, with their very numbers: pixels go there as bytes, floats come back
 * as their bits. A request is answered by its deadline, however the nodes fail: by the first of its
 * attempts, or by the failure of the last one. Typicality and drift are of the numbers that came
 * and this process's own reference, so that they need nothing of a node.
 *
 * <p>The wire is the Open Inference Protocol, so a node may be any server of it that runs the
 * exported graph. Safe for use by several threads.
 */
final class RemotePredictor implements Predictor {

    private static final Logger log = LoggerFactory.getLogger(RemotePredictor.class);
    private static final String LOGITS = "logits";
    private static final String PROBABILITIES = "probabilities";

    private final ServedModel model;
    private final Means means;
    private final PredictionMetrics metrics;
    private final Patience patience;
    private final Set<CompletableFuture<Outcome>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * How long it waits.
     *
     * @param hedgeAfter as the key of that name
     * @param drain for accepted requests to be answered when it is closed
     */
    record Patience(Duration hedgeAfter, Duration drain) {}

    /**
     * Takes over nodes and metrics and closes them with itself.
     *
     * @param model that the nodes serve
     */
    RemotePredictor(ServedModel model, Means means, PredictionMetrics metrics, Patience patience) {
        this.model = model;
        this.means = means;
        this.metrics = metrics;
        this.patience = patience;
    }

    @Override
    public ServedModel model() {
        return model;
    }

    /**
     * From the first time that a node serves: one that was told wrong addresses never is. Later the
     * absence of nodes takes no gateway out of service: it would take all of them at once, and
     * callers would meet a closed door instead of a quick answer that says what is missing.
     */
    @Override
    public boolean ready() {
        return !closed && means.nodes().reached();
    }

    @Override
    public boolean accepting() {
        return !closed;
    }

    @Override
    public CompletableFuture<Outcome> predict(PredictionRequest request) {
        if (request.pixels().length != model.pixelBytes()) {
            throw new IllegalArgumentException(
                    "model %s takes %d bytes of pixels, not %d"
                            .formatted(model.name(), model.pixelBytes(), request.pixels().length));
        }
        if (request.deadline().passed()) {
            return CompletableFuture.completedFuture(
                    new Failure(
                            FailureCode.DEADLINE_EXCEEDED,
                            "the request's time was over before it was sent to a node"));
        }
        Set<String> outputs = outputs(request.probes());
        long sent = System.nanoTime();
        AtomicBoolean counted = new AtomicBoolean();
        NodeRequest asking =
                new NodeRequest(
                        means,
                        InferClientCodec.request(model, request, outputs),
                        request.deadline(),
                        answer -> count(read(answer, outputs, request, sent), counted));
        CompletableFuture<Outcome> outcome = asking.outcome();
        open.add(outcome);
        outcome.whenComplete((done, fault) -> open.remove(outcome));
        if (closed) { // asked only now, so that close() waits for whatever hears no
            outcome.complete(
                    new Failure(
                            FailureCode.NOT_READY,
                            "the service is stopping; send the request again"));
            return outcome;
        }
        if (patience.hedgeAfter().isPositive()) {
            CompletableFuture.delayedExecutor(patience.hedgeAfter().toNanos(), TimeUnit.NANOSECONDS)
                    .execute(asking::hedge);
        }
        asking.begin();
        return outcome;
    }

    /** Records a request's first answer alone: a hedged one may get two. */
    private Outcome count(Outcome outcome, AtomicBoolean counted) {
        if (outcome instanceof Prediction prediction && counted.compareAndSet(false, true)) {
            metrics.count(prediction);
        }
        return outcome;
    }

    private Set<String> outputs(Set<String> probes) {
        Set<String> names = new HashSet<>(probes);
        names.add(LOGITS);
        names.add(PROBABILITIES);
        if (model.hasMemberships()) {
            names.addAll(NodeCapabilities.OPTIONAL);
        }
        return names;
    }

    private Outcome read(Answer answer, Set<String> wanted, PredictionRequest request, long sent) {
        try {
            Map<String, ProbeValues> outputs = InferClientCodec.outputs(answer.message(), wanted);
            float[] logits = Objects.requireNonNull(outputs.remove(LOGITS)).values();
            float[] probabilities = Objects.requireNonNull(outputs.remove(PROBABILITIES)).values();
            LayerStatistics layers = LayerStatistics.takenFrom(outputs).orElse(null);
            Timing timing = NodeTiming.of(answer.trailers(), System.nanoTime() - sent);
            return metrics.judged(
                    new Prediction(probabilities, logits, layers, null, outputs, timing));
        } catch (IllegalArgumentException e) {
            log.error("request {}: an inference node answered otherwise", request.id(), e);
            return new Failure(
                    FailureCode.INTERNAL,
                    "an inference node's answer made no sense; it is a fault of ours");
        }
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<?> answered =
                CompletableFuture.allOf(open.toArray(CompletableFuture[]::new));
        try {
            answered.get(patience.drain().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("{} requests are broken off: the nodes took too long", open.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CancellationException | ExecutionException e) {
            // a caller that has left
        }
        means.nodes().close();
        metrics.close();
    }
}
