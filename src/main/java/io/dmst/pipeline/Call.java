package io.dmst.pipeline;

import io.dmst.inference.Deadline;
import io.dmst.inference.Predictor;
import java.util.Set;

/**
 * What one request asks of one model.
 *
 * @param predictor that answers
 * @param probes wanted in the trace of every image; none for a plain classification
 * @param deadline after which nobody waits
 * @param exchange to note in where the time went
 */
public record Call(Predictor predictor, Set<String> probes, Deadline deadline, Exchange exchange) {

    public Call {
        probes = Set.copyOf(probes);
    }

    /** The same once it has been let in. */
    Call letIn() {
        return new Call(predictor, probes, deadline.letIn(), exchange);
    }
}
