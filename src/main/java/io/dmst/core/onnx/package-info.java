/**
 * {@code Ops} as an ONNX graph: the network's own code, traced into the file that is served, with
 * its provenance.
 */
@NullMarked
package io.dmst.core.onnx;

import org.jspecify.annotations.NullMarked;
