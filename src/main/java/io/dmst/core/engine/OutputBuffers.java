package io.dmst.core.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a run writes its small outputs. What ONNX Runtime allocates itself it hands over as new
 * objects, whose classes and constructors its binding looks up by name each time; for a handful of
 * numbers that takes longer than to compute them.
 *
 * <p>Of one run and one thread.
 */
final class OutputBuffers implements AutoCloseable {

    /** Larger ones are rare, and would be cleared for nothing. */
    private static final int MOST_FLOATS_PER_IMAGE = 4_096;

    /** What vector instructions like. */
    private static final int ALIGNMENT = 64;

    private final OrtEnvironment environment;
    private final Arena arena;
    private final int images;
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final Map<String, Written> written = new HashMap<>();

    /**
     * What a run writes.
     *
     * @param shape of an image's part
     * @param values of all images
     */
    private record Written(List<Integer> shape, FloatBuffer values) {}

    /**
     * @param arena that the outputs lie in; closed after this
     * @param images of the batch
     */
    OutputBuffers(OrtEnvironment environment, Arena arena, int images) {
        this.environment = environment;
        this.arena = arena;
        this.images = images;
    }

    /** Those of a graph's outputs for which buffers are of use, with the shape of one image. */
    static Map<String, List<Integer>> fitting(Map<String, NodeInfo> outputs) {
        Map<String, List<Integer>> fitting = new HashMap<>();
        outputs.forEach((name, output) -> {
            if (output.getInfo() instanceof TensorInfo tensor
                    && tensor.type == OnnxJavaType.FLOAT
                    && tensor.getShape().length > 0
                    && fits(tensor.getShape())) {
                fitting.put(name, OnnxSession.withoutBatch(tensor.getShape()));
            }
        });
        return Map.copyOf(fitting);
    }

    private static boolean fits(long[] shape) {
        long[] image = Arrays.copyOfRange(shape, 1, shape.length);
        return Arrays.stream(image).allMatch(length -> length > 0)
                && Arrays.stream(image).reduce(1, Math::multiplyExact) <= MOST_FLOATS_PER_IMAGE;
    }

    /** Makes room for an output. */
    void add(String name, List<Integer> shape) throws OrtException {
        int each = shape.stream().reduce(1, Math::multiplyExact);
        FloatBuffer buffer =
                arena.allocate((long) Float.BYTES * each * images, ALIGNMENT)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        long[] whole = new long[shape.size() + 1];
        whole[0] = images;
        for (int axis = 0; axis < shape.size(); axis++) {
            whole[axis + 1] = shape.get(axis);
        }
        tensors.put(name, OnnxTensor.createTensor(environment, buffer, whole));
        written.put(name, new Written(shape, buffer));
    }

    /** What a run is to write into. */
    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    /** What it has written, for each image, in the order of the images; may be added to. */
    List<Map<String, ProbeValues>> perImage() {
        List<Map<String, ProbeValues>> split = new ArrayList<>(images);
        for (int i = 0; i < images; i++) {
            split.add(new HashMap<>());
        }
        written.forEach((name, output) -> split(split, name, output.shape(), output.values()));
        return split;
    }

    /** Gives each image its part of an output. */
    static void split(
            List<Map<String, ProbeValues>> images,
            String name,
            List<Integer> shape,
            FloatBuffer values) {
        int each = values.remaining() / images.size();
        for (Map<String, ProbeValues> image : images) {
            float[] part = new float[each];
            values.get(part);
            image.put(name, new ProbeValues(shape, part));
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
    }
}
