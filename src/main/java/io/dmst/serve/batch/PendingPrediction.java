package io.dmst.serve.batch;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
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
        PredictionRequest request,
        BatchKind kind,
        long arrival,
        CompletableFuture<Outcome> answer) {

    PendingPrediction(PredictionRequest request, long arrival) {
        this(request, BatchKind.of(request), arrival, new CompletableFuture<>());
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
