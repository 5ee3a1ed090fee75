/** The predictor that asks inference nodes, over the Open Inference Protocol. */
@NullMarked
package io.dmst.gateway;

import org.jspecify.annotations.NullMarked;
