package io.dmst.core.onnx;

import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.TensorProto;
import onnx.TensorProto.DataType;
import onnx.TensorShapeProto;
import onnx.TensorShapeProto.Dimension;
import onnx.TypeProto;
import onnx.ValueInfoProto;

/** Types and shapes as ONNX writes them. */
final class Types {

    private static final String BATCH = "batch";

    private Types() {}

    static ValueInfoProto describe(String name, DataType type, Axes axes, String documentation) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int length : axes.lengths()) {
            shape.addDim(
                    length == Axes.BATCH
                            ? Dimension.newBuilder().setDimParam(BATCH)
                            : Dimension.newBuilder().setDimValue(length));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setDocString(documentation)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type.getNumber())
                                                .setShape(shape)))
                .build();
    }

    /** A vector of 64-bit integers. */
    static TensorProto integers(String name, List<Integer> values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putLong);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addDims(values.size())
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes.flip()))
                .build();
    }
}
