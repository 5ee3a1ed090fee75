/** Engines that compute batches: ONNX Runtime sessions, their devices, threads and checks. */
@NullMarked
package io.dmst.core.engine;

import org.jspecify.annotations.NullMarked;
