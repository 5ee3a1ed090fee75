package io.dmst.serve.local;

import io.dmst.serve.batch.Batcher;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.ServedModel;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Predicts in this process. Safe for use by several threads. */
final class LocalPredictor implements Predictor {

    private final ServedModel model;
    private final Set<String> probes;
    private final Batcher batcher;
    private final PredictionMetrics predictions;

    /**
     * Takes over batcher and metrics and closes them with itself.
     *
     * @param probes that may be asked for
     * @param predictions records what is predicted here
     */
    LocalPredictor(
            ServedModel model, Set<String> probes, Batcher batcher, PredictionMetrics predictions) {
        this.model = model;
        this.probes = Set.copyOf(probes);
        this.batcher = batcher;
        this.predictions = predictions;
    }

    @Override
    public ServedModel model() {
        return model;
    }

    @Override
    public boolean ready() {
        return batcher.ready();
    }

    @Override
    public CompletableFuture<Outcome> predict(PredictionRequest request) {
        if (request.pixels().length != model.pixelBytes()) {
            throw new IllegalArgumentException(
                    "model %s takes %d bytes of pixels, not %d"
                            .formatted(model.name(), model.pixelBytes(), request.pixels().length));
        }
        if (!probes.containsAll(request.probes())) {
            return CompletableFuture.completedFuture(unknown(request.probes()));
        }
        return batcher.submit(request);
    }

    private Failure unknown(Set<String> wanted) {
        Set<String> unknown = new TreeSet<>(wanted);
        unknown.removeAll(probes);
        return new Failure(
                FailureCode.INVALID_ARGUMENT,
                "model %s has no probes %s".formatted(model.name(), unknown));
    }

    @Override
    public void close() {
        batcher.close();
        predictions.close();
    }
}
