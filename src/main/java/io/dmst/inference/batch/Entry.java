package io.dmst.inference.batch;

import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.PredictionRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A request on its way. Whoever completes the answer first has answered it; nobody else can. Safe
 * for use by several threads, but for {@link #order}, which is the queue's.
 */
final class Entry {

    private final PredictionRequest request;
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
    private final Kind kind;
    private final long arrival;
    private final long rank;
    private final Consumer<Shed> shed;
    private final AtomicBoolean waiting = new AtomicBoolean(true);

    /** Place among those that came; set by the queue. */
    long order;

    /**
     * @param arrival on the batcher's clock, ns
     * @param shed is told once, if the request is refused
     */
    Entry(PredictionRequest request, long arrival, Consumer<Shed> shed) {
        this.request = request;
        this.kind = Kind.of(request);
        this.arrival = arrival;
        this.rank = arrival + request.priority().yields().toNanos();
        this.shed = shed;
    }

    PredictionRequest request() {
        return request;
    }

    CompletableFuture<Outcome> answer() {
        return answer;
    }

    Kind kind() {
        return kind;
    }

    long arrival() {
        return arrival;
    }

    /** Whose is less goes first; the queue's ageing. */
    long rank() {
        return rank;
    }

    /** Nanoseconds until its deadline; not positive once that has passed. */
    long left(long now) {
        return request.deadline().nanoTime() - now;
    }

    /** What its predicted wait is multiplied with before it is held against what is left. */
    double margin() {
        return request.deadline().margin();
    }

    boolean answered() {
        return answer.isDone();
    }

    void refuse(Shed reason, Failure failure) {
        if (answer.complete(failure)) {
            shed.accept(reason);
        }
    }

    void fail() {
        answer.complete(Refusal.internal());
    }

    /** Whether it is to be computed now; if its time is over it is told so. */
    boolean begins(long now) {
        if (left(now) <= 0) {
            refuse(Shed.DEADLINE, Refusal.deadline());
        }
        return !answered();
    }

    /** True once: for whoever ends its waiting. */
    boolean stopsWaiting() {
        return waiting.compareAndSet(true, false);
    }
}
