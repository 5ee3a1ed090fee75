/**
 * Who is computed when, and with whom: queue, batches, deadlines, overload, faults of the engine.
 */
@NullMarked
package io.dmst.inference.batch;

import org.jspecify.annotations.NullMarked;
