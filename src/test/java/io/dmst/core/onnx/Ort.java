package io.dmst.core.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.dmst.core.checkpoint.DType;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A graph on the real ONNX Runtime, one thread. */
final class Ort implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    Ort(byte[] graph) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(graph, options);
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    Map<String, NodeInfo> outputs() throws OrtException {
        return session.getOutputInfo();
    }

    TensorMap run(Tensor input) throws OrtException {
        String name = session.getInputNames().iterator().next();
        ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) input.byteSize()).order(ByteOrder.nativeOrder());
        bytes.put(input.bytes()).flip();
        OnnxJavaType type = input.dtype() == DType.U8 ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT;
        TreeMap<String, Tensor> outputs = new TreeMap<>();
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(environment, bytes, input.dimensions(), type);
                OrtSession.Result result = session.run(Map.of(name, tensor))) {
            result.forEach(
                    entry -> outputs.put(entry.getKey(), tensor((OnnxTensor) entry.getValue())));
        }
        return new TensorMap("outputs", outputs, Map.of());
    }

    private static Tensor tensor(OnnxTensor value) {
        float[] values = new float[value.getFloatBuffer().remaining()];
        value.getFloatBuffer().get(values);
        int[] shape =
                Arrays.stream(value.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
        return Tensor.of(values, shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
