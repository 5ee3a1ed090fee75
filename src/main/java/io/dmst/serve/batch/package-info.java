/** Dynamic batching: queue, cost model, deadlines, and an engine that is rebuilt when it fails. */
@NullMarked
package io.dmst.serve.batch;

import org.jspecify.annotations.NullMarked;
