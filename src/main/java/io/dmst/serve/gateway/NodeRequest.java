package io.dmst.serve.gateway;

import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request and its attempts: a node that fails, or has no room, is followed by another one while
 * there is time and budget. A prediction changes nothing, so asking twice does no harm.
 *
 * <p>A node that says that it is not ready, because it is about to stop, has done nothing, and gets
 * no more requests from then on. Only what was on its way at that moment can be refused so, and
 * asking elsewhere cannot grow into a storm: it costs no budget, {@value #MOVES} times a request.
 *
 * <p>Completes once; cancelling it breaks its attempts off.
 */
final class NodeRequest implements NodeCall.Done {

    /** NodePool that may be about to stop at the same time. */
    private static final int MOVES = 3;

    /** What all requests share. */
    record Means(NodePool nodes, RetryBudget budget, MeterRegistry meters) {}

    private final Means means;
    private final ModelInferRequest message;
    private final Deadline deadline;
    private final Function<Answer, Outcome> reading;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Set<Node> tried = new HashSet<>();
    private final Set<NodeCall> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger moves = new AtomicInteger(MOVES);

    /**
     * A node's answer.
     *
     * @param message of the protocol
     * @param trailers with the node's own times
     */
    record Answer(ModelInferResponse message, Metadata trailers) {}

    NodeRequest(
            Means means,
            ModelInferRequest message,
            Deadline deadline,
            Function<Answer, Outcome> reading) {
        this.means = means;
        this.message = message;
        this.deadline = deadline;
        this.reading = reading;
        outcome.whenComplete((done, fault) -> calls.forEach(NodeCall::cancel));
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Sends the first attempt. */
    NodeRequest begin() {
        means.budget().request(System.nanoTime());
        if (!attempt("first")) {
            outcome.complete(refusal());
        }
        return this;
    }

    /** Sends a second attempt beside one that has no answer yet. */
    void hedge() {
        if (!outcome.isDone() && means.budget().take(System.nanoTime())) {
            attempt("hedge");
        }
    }

    private Failure refusal() {
        if (means.nodes().lack(message)) {
            return Upstream.lacking();
        }
        return means.nodes().full() ? full() : Upstream.unavailable();
    }

    private static Failure full() {
        return new Failure(
                FailureCode.OVERLOADED,
                "too much is on its way to the inference nodes; send this one again later",
                Duration.ofSeconds(1));
    }

    /**
     * Sends it to a node that has not had it.
     *
     * @param reason value of the metric's label
     * @return whether there was one
     */
    private boolean attempt(String reason) {
        Optional<Node> node;
        synchronized (tried) {
            node = means.nodes().pick(message, tried);
            node.ifPresent(tried::add);
        }
        if (node.isEmpty()) {
            return false;
        }
        pending.incrementAndGet();
        Metric.GATEWAY_ATTEMPTS.count(means.meters(), reason);
        NodeCall call = node.get().send(message, deadline.remaining(), this);
        calls.add(call);
        if (outcome.isDone()) {
            call.cancel();
        }
        return true;
    }

    @Override
    public void ended(
            Node node, Status status, @Nullable ModelInferResponse answer, Metadata trailers) {
        if (answer != null) {
            outcome.complete(reading.apply(new Answer(answer, trailers)));
            return;
        }
        Failure failure = Upstream.failure(status, trailers);
        boolean notReady = Upstream.notReady(status, trailers);
        if (notReady) {
            node.notReady();
        }
        boolean elsewhere =
                Upstream.meaning(status) != Upstream.Meaning.FINAL
                        && !outcome.isDone()
                        && !deadline.passed();
        if (elsewhere && !(notReady && move())) {
            retry();
        }
        // an attempt that was begun here is counted, and may have ended before this line
        if (pending.decrementAndGet() == 0) {
            outcome.complete(failure);
        }
    }

    private boolean move() {
        return moves.getAndDecrement() > 0 && attempt("moved");
    }

    private void retry() {
        if (means.budget().take(System.nanoTime())) {
            attempt("retry");
        }
    }
}
