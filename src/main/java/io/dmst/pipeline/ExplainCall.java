package io.dmst.pipeline;

import io.dmst.explain.Wanted;
import io.dmst.inference.Deadline;
import io.dmst.inference.Predictor;

/**
 * What one request wants to have explained, and of which model.
 *
 * @param predictor that answers
 * @param wanted part of the explanation, checked against the model
 * @param deadline of the answer
 * @param context of the request
 */
public record ExplainCall(
        Predictor predictor, Wanted wanted, Deadline deadline, RequestContext context) {}
