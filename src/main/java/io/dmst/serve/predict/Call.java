package io.dmst.serve.predict;

import java.util.Set;

/**
 * What one request asks of one model.
 *
 * @param predictor that answers
 * @param probes wanted in the trace of every image; none for a plain classification
 * @param deadline of the answer
 * @param context of the request
 */
public record Call(
        Predictor predictor, Set<String> probes, Deadline deadline, RequestContext context) {

    public Call {
        probes = Set.copyOf(probes);
    }
}
