package io.dmst.core.engine;

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

/**
 * A graph of one input on ONNX Runtime, run as it is: for checks, not for serving, which needs
 * queues, deadlines and threads of its own. Thread-safe; owns native memory until closed.
 */
public final class OnnxProgram implements AutoCloseable {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String input;

    /**
     * Loads a graph on the CPU.
     *
     * @param graph the bytes of an ONNX file
     * @throws IllegalArgumentException if ONNX Runtime refuses it or it has not exactly one input
     */
    public OnnxProgram(byte[] graph) {
        this.environment = QuietRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            this.session = environment.createSession(graph, options);
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    "ONNX Runtime refuses the graph: " + e.getMessage(), e);
        }
        if (session.getNumInputs() != 1) {
            close();
            throw new IllegalArgumentException(
                    "the graph must have one input, not " + session.getInputNames());
        }
        this.input = session.getInputNames().iterator().next();
    }

    /**
     * Computes every output.
     *
     * @param value of the input, {@link DType#U8} or {@link DType#F32} as the graph has it
     * @return the FP32 outputs by name
     * @throws IllegalArgumentException if the value does not fit the input
     */
    public TensorMap run(Tensor value) {
        TreeMap<String, Tensor> outputs = new TreeMap<>();
        try (OnnxTensor tensor = create(value);
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            result.forEach(
                    entry -> outputs.put(entry.getKey(), copy((OnnxTensor) entry.getValue())));
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    "ONNX Runtime cannot run the graph on %s %s: %s"
                            .formatted(input, value, e.getMessage()),
                    e);
        }
        return new TensorMap("ONNX Runtime", outputs, Map.of());
    }

    private OnnxTensor create(Tensor value) throws OrtException {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(value.byteSize()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(value.bytes()).flip();
        return switch (value.dtype()) {
            case U8 ->
                    OnnxTensor.createTensor(
                            environment, bytes, value.dimensions(), OnnxJavaType.UINT8);
            case F32 ->
                    OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), value.dimensions());
            case F16, BF16, F64, I64 ->
                    throw new IllegalArgumentException(
                            "an input must be U8 or F32, not " + value.dtype());
        };
    }

    private static Tensor copy(OnnxTensor value) {
        int[] shape =
                Arrays.stream(value.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
        float[] values = new float[value.getFloatBuffer().remaining()];
        value.getFloatBuffer().get(values);
        return Tensor.of(values, shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session", e);
        }
    }
}
