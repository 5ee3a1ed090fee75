package io.dmst.core.onnx;

import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import onnx.TensorProto;

/** Where the numbers of a graph's weights go. */
@FunctionalInterface
interface WeightStore {

    /**
     * Puts one weight where it belongs.
     *
     * @param described its name, type and shape
     * @param littleEndian its numbers, which nobody changes afterwards
     * @return its entry in the graph
     */
    TensorProto store(TensorProto.Builder described, ByteBuffer littleEndian);

    /** Into the graph itself. */
    static WeightStore embedded() {
        return (described, littleEndian) ->
                described.setRawData(UnsafeByteOperations.unsafeWrap(littleEndian)).build();
    }
}
