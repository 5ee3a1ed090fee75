package io.dmst.inference.batch;

import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.PredictionRequest;
import java.util.concurrent.CompletableFuture;

/**
 * A request in the queue or in a batch. The first completion of the answer counts.
 *
 * @param request to predict
 * @param kind of the batches that it can be in
 * @param arrival on the batcher's clock, ns
 * @param answer for the caller, who may cancel it
 */
record PendingPrediction(
        PredictionRequest request, Kind kind, long arrival, CompletableFuture<Outcome> answer) {

    PendingPrediction(PredictionRequest request, long arrival) {
        this(request, Kind.of(request), arrival, new CompletableFuture<>());
    }

    boolean expired(long now) {
        return request.deadline().nanoTime() - now <= 0;
    }

    boolean answered() {
        return answer.isDone();
    }

    /** Whether this was the answer. */
    boolean fail(Failure failure) {
        return answer.complete(failure);
    }
}
