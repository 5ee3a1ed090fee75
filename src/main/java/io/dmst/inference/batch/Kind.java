package io.dmst.inference.batch;

import io.dmst.inference.PredictionRequest;

/** What a request asks of the engine; a batch holds requests of one kind. */
public enum Kind {
    /** Class scores alone. */
    PLAIN,
    /** Class scores and probes, whichever they are. */
    TRACED;

    static Kind of(PredictionRequest request) {
        return request.probes().isEmpty() ? PLAIN : TRACED;
    }
}
