/**
 * The path of a request, the same for all protocols: the predictor port, the models that are
 * served, admission, failures, body memory, decoding and the request context.
 */
@NullMarked
package io.dmst.serve.predict;

import org.jspecify.annotations.NullMarked;
