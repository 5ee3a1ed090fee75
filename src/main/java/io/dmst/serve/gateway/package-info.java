/** The predictor that asks inference nodes, over the Open Inference Protocol. */
@NullMarked
package io.dmst.serve.gateway;

import org.jspecify.annotations.NullMarked;
