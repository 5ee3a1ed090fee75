package io.dmst.core.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Two graphs over 2×2 pixels x, made with the onnx package of Python: logits are x·W + b over three
 * classes, {@code membership.0} the softmax of the channels at each pixel.
 */
public final class TinyGraph {

    /** Pixels 0, 1, … 11, and what numpy makes of them. */
    public static final byte[] PIXELS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    static final float[] LOGITS = {-0.055213041f, -0.072143584f, -0.297036916f};
    public static final float[] PROBABILITIES = {0.361218631f, 0.355154455f, 0.283626884f};

    private TinyGraph() {}

    static byte[] classifying() {
        return read("tiny.onnx");
    }

    static byte[] explaining() {
        return read("tiny-explaining.onnx");
    }

    public static OnnxEngine engine() {
        return new OnnxEngine(
                new OnnxSession(classifying(), 1, null),
                () -> new OnnxSession(explaining(), 1, null));
    }

    private static byte[] read(String name) {
        try (InputStream file =
                Objects.requireNonNull(TinyGraph.class.getResourceAsStream(name), name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
