/** Named tensors on disk: safetensors, {@code config.json}, labels, digests. */
@NullMarked
package io.dmst.core.checkpoint;

import org.jspecify.annotations.NullMarked;
