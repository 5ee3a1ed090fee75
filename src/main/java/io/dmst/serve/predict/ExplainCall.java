package io.dmst.serve.predict;

import io.dmst.core.explain.Wanted;

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
