package io.dmst.core.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One graph on ONNX Runtime. Everything native that it allocates is freed before the call returns,
 * but for the session itself, which {@link #close()} frees.
 *
 * <p>The graph has one input {@code pixels}, UINT8 {@code [batch, height, width, 3]}, and FP32
 * outputs whose first axis is the batch. Safe for use by several threads, but a run must not
 * overlap {@link #close()}.
 */
public final class OnnxSession implements AutoCloseable {

    private static final String INPUT = "pixels";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final long height;
    private final long width;

    /**
     * PredictionAssembly that are written where we want them, with the shape of an image's part.
     */
    private final Map<String, List<Integer>> small;

    /**
     * Loads a graph.
     *
     * @param graph an ONNX file's bytes
     * @param threads of one run, at least 1
     * @param cudaDevice to compute on; absent for the CPU
     * @throws IllegalStateException if ONNX Runtime refuses it, or its input is not as above
     */
    public OnnxSession(byte[] graph, int threads, @Nullable Integer cudaDevice) {
        try {
            environment = QuietRuntime.environment();
            session = open(environment, graph, threads, cudaDevice);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses the model", e);
        }
        try {
            long[] shape = inputShape(session);
            height = shape[1];
            width = shape[2];
            small = OutputBuffers.fitting(session.getOutputInfo());
        } catch (OrtException | RuntimeException e) {
            close();
            throw new IllegalStateException(
                    "the graph's input must be pixels, UINT8 [batch, height, width, 3]", e);
        }
    }

    private static OrtSession open(
            OrtEnvironment environment, byte[] graph, int threads, @Nullable Integer cudaDevice)
            throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // waiting threads would burn the cores that decode images
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (cudaDevice != null) {
                options.addCUDA(cudaDevice);
            }
            return environment.createSession(graph, options);
        }
    }

    private static long[] inputShape(OrtSession session) throws OrtException {
        if (session.getNumInputs() == 1
                && session.getInputInfo().get(INPUT) instanceof NodeInfo input
                && input.getInfo() instanceof TensorInfo tensor
                && tensor.type == OnnxJavaType.UINT8
                && tensor.getShape().length == 4
                && tensor.getShape()[3] == 3) {
            return tensor.getShape();
        }
        throw new IllegalStateException("it is " + session.getInputInfo());
    }

    /** Whether this build of the runtime knows CUDA. */
    static boolean hasCuda() {
        // the list is asked of the library, which must not be loaded before its telemetry is off
        QuietRuntime.environment();
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    /**
     * Why a GPU does not compute a graph; empty if it does.
     *
     * @param graph as for a session
     * @param cudaDevice to try
     */
    static Optional<String> refusal(byte[] graph, int cudaDevice) {
        try (OnnxSession session = new OnnxSession(graph, 1, cudaDevice)) {
            byte[] black = new byte[session.imageBytes()];
            session.run(List.of(black), session.outputs());
            return Optional.empty();
        } catch (IllegalStateException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(String.valueOf(cause.getMessage()));
        }
    }

    /** Bytes of one image. */
    int imageBytes() {
        return Math.toIntExact(height * width * 3);
    }

    /** Names of the graph's outputs. */
    Set<String> outputs() {
        return session.getOutputNames();
    }

    /**
     * Computes one batch.
     *
     * @param images one {@code [height][width][3]} array each, at least one
     * @param wanted names of outputs
     * @return the outputs of each image, in the order of the images
     * @throws IllegalStateException if the computation fails
     */
    List<Map<String, ProbeValues>> run(List<byte[]> images, Set<String> wanted) {
        try (Arena arena = Arena.ofConfined();
                OutputBuffers buffers = new OutputBuffers(environment, arena, images.size());
                OnnxTensor pixels = pixels(arena, images)) {
            Set<String> others = new HashSet<>(wanted);
            for (Map.Entry<String, List<Integer>> output : small.entrySet()) {
                if (others.remove(output.getKey())) {
                    buffers.add(output.getKey(), output.getValue());
                }
            }
            try (OrtSession.Result result =
                    session.run(Map.of(INPUT, pixels), others, buffers.tensors())) {
                List<Map<String, ProbeValues>> perImage = buffers.perImage();
                for (String name : others) {
                    OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
                    OutputBuffers.split(
                            perImage,
                            name,
                            withoutBatch(tensor.getInfo().getShape()),
                            tensor.getFloatBuffer());
                }
                return perImage;
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed on a batch", e);
        }
    }

    private OnnxTensor pixels(Arena arena, List<byte[]> images) throws OrtException {
        ByteBuffer batch =
                arena.allocate((long) imageBytes() * images.size(), Long.BYTES).asByteBuffer();
        images.forEach(batch::put);
        batch.flip();
        return OnnxTensor.createTensor(
                environment,
                batch,
                new long[] {images.size(), height, width, 3},
                OnnxJavaType.UINT8);
    }

    static List<Integer> withoutBatch(long[] shape) {
        Integer[] lengths = new Integer[shape.length - 1];
        for (int axis = 0; axis < lengths.length; axis++) {
            lengths[axis] = Math.toIntExact(shape[axis + 1]);
        }
        return List.of(lengths);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not free its session", e);
        }
    }
}
