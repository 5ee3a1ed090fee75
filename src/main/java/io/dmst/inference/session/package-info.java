/** The engines that compute a prediction in this process; ONNX Runtime is touched here alone. */
@NullMarked
package io.dmst.inference.session;

import org.jspecify.annotations.NullMarked;
