package io.dmst.serve.batch;

import io.dmst.serve.predict.PredictionRequest;

/** What a request asks of the engine; a batch holds requests of one kind. */
public enum BatchKind {
    /** Class scores alone. */
    PLAIN,
    /** Class scores and probes, whichever they are. */
    TRACED;

    static BatchKind of(PredictionRequest request) {
        return request.probes().isEmpty() ? PLAIN : TRACED;
    }
}
