package io.dmst.core.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.dmst.core.checkpoint.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Any image classifier as an ONNX file: one input, UINT8 {@code [batch, height, width, 3]} or FP32
 * {@code [batch, 3, height, width]}, and an output of class scores, {@code logits} or the first
 * one. Safe for use by several threads, but a run must not overlap {@link #close()}.
 */
public final class OnnxClassifier implements AutoCloseable {

    private static final String LOGITS = "logits";

    private final OrtEnvironment environment = QuietRuntime.environment();
    private final OrtSession session;
    private final Preprocessing preprocessing;
    private final String input;
    private final String output;
    private final boolean bytes;
    private final int height;
    private final int width;

    /**
     * Loads a graph.
     *
     * @param graph an ONNX file's bytes
     * @param threads of one run
     * @param preprocessing of FP32 inputs; mean and deviation are used
     * @throws IOException if ONNX Runtime refuses it, or it has another input, saying which
     */
    public OnnxClassifier(byte[] graph, int threads, Preprocessing preprocessing)
            throws IOException {
        this.preprocessing = preprocessing;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            this.session = environment.createSession(graph, options);
            NodeInfo only = session.getInputInfo().values().iterator().next();
            if (session.getNumInputs() != 1
                    || !(only.getInfo() instanceof TensorInfo tensor)
                    || tensor.getShape().length != 4) {
                throw refused(session.getInputInfo().values().toString());
            }
            this.input = only.getName();
            this.bytes = tensor.type == OnnxJavaType.UINT8;
            long[] shape = tensor.getShape();
            this.height = Math.toIntExact(shape[bytes ? 1 : 2]);
            this.width = Math.toIntExact(shape[bytes ? 2 : 3]);
            if (height < 1
                    || width < 1
                    || shape[bytes ? 3 : 1] != 3
                    || (!bytes && tensor.type != OnnxJavaType.FLOAT)) {
                throw refused(only.toString());
            }
            this.output =
                    session.getOutputNames().contains(LOGITS)
                            ? LOGITS
                            : session.getOutputNames().iterator().next();
        } catch (OrtException e) {
            throw new IOException("ONNX Runtime refuses the classifier: " + e.getMessage(), e);
        }
    }

    private static IOException refused(String found) {
        return new IOException(
                "a classifier's one input must be UINT8 [batch, height, width, 3] or FP32 [batch, 3,"
                        + " height, width] with a fixed height and width, not "
                        + found);
    }

    /** Rows of its input. */
    public int height() {
        return height;
    }

    /** Columns of its input. */
    public int width() {
        return width;
    }

    /**
     * Class scores of some images.
     *
     * @param pixels {@code [images, height, width, 3]}, 0 to 255
     * @return {@code [images, classes]}
     * @throws IOException if it cannot compute them
     */
    public float[] logits(float[] pixels, int images) throws IOException {
        try (OnnxTensor tensor = bytes ? pixels(pixels, images) : planes(pixels, images);
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            OnnxTensor scores = (OnnxTensor) result.get(output).orElseThrow();
            FloatBuffer values = scores.getFloatBuffer();
            float[] logits = new float[values.remaining()];
            values.get(logits);
            return logits;
        } catch (OrtException e) {
            throw new IOException("the classifier has failed: " + e.getMessage(), e);
        }
    }

    private OnnxTensor pixels(float[] pixels, int images) throws OrtException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(pixels.length);
        for (float pixel : pixels) {
            buffer.put((byte) Math.round(pixel));
        }
        buffer.flip();
        long[] shape = {images, height, width, 3};
        return OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8);
    }

    private OnnxTensor planes(float[] pixels, int images) throws OrtException {
        int places = height * width;
        float[] planes = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int channel = i % 3;
            int image = i / (3 * places);
            double mean = preprocessing.mean().get(channel);
            double std = preprocessing.std().get(channel);
            planes[(image * 3 + channel) * places + i / 3 % places] =
                    (float) ((pixels[i] / 255 - mean) / std);
        }
        long[] shape = {images, 3, height, width};
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(planes), shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("a session could not be closed", e);
        }
    }
}
