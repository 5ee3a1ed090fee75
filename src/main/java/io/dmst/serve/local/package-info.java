/** Predicts in this process: opens models on an engine behind a batcher. */
@NullMarked
package io.dmst.serve.local;

import org.jspecify.annotations.NullMarked;
