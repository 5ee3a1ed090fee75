/**
 * Coding rates and rate reduction, the executable specification of the operators in plain arrays
 * (double accumulation).
 *
 * <p>Legend: {@code Z}, {@code X} tokens as rows (N×d); {@code S} the full space (d×d); {@code Y =
 * X S}; {@code Pi} membership (N×K, rows sum to one); {@code s} second moments (K×d); {@code m2}
 * selection, the squared mask of the sparse subspaces (K×d); {@code O} output layer (d×d); {@code
 * theta} thresholds (1×K); {@code eps2} allowed squared error per token. Rates are in nats.
 */
@NullMarked
package io.dmst.core.math;

import org.jspecify.annotations.NullMarked;
