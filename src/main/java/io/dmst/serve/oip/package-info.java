/** The Open Inference Protocol, version 2, apart from its wires: tensors, checks, answers. */
@NullMarked
package io.dmst.serve.oip;

import org.jspecify.annotations.NullMarked;
