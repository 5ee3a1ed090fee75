package io.dmst.serve.gateway;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.ServedModel;
import java.util.concurrent.CompletableFuture;

/** Predicts in this process what no node answers, and marks it. Safe for use by several threads. */
final class FallbackPredictor implements Predictor {

    private final Predictor remote;
    private final Predictor local;

    /** Takes over both and closes them with itself. */
    FallbackPredictor(Predictor remote, Predictor local) {
        this.remote = remote;
        this.local = local;
    }

    @Override
    public ServedModel model() {
        return remote.model();
    }

    @Override
    public boolean ready() {
        return remote.ready() || local.ready();
    }

    @Override
    public boolean accepting() {
        return remote.accepting() || local.accepting();
    }

    @Override
    public CompletableFuture<Outcome> predict(PredictionRequest request) {
        CompletableFuture<Outcome> asked = remote.predict(request);
        CompletableFuture<Outcome> answer =
                asked.thenCompose(outcome -> noNode(outcome) ? here(request) : asked);
        answer.whenComplete((outcome, fault) -> {
            if (answer.isCancelled()) {
                asked.cancel(true);
            }
        });
        return answer;
    }

    private static boolean noNode(Outcome outcome) {
        return outcome instanceof Failure failure
                && failure.code() == FailureCode.UPSTREAM_UNAVAILABLE;
    }

    private CompletableFuture<Outcome> here(PredictionRequest request) {
        return local.predict(request)
                .thenApply(outcome ->
                        outcome instanceof Prediction prediction
                                ? prediction.asFallback()
                                : outcome);
    }

    @Override
    public void close() {
        remote.close();
        local.close();
    }
}
