package io.dmst.inference.session;

import io.dmst.checkpoint.ModelDirectory;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.ProbeValues;
import io.dmst.onnx.Precision;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The engine that serves, without queue, deadlines and metrics. Safe for use by several threads;
 * owns native memory until closed.
 */
public final class BareEngine implements AutoCloseable {

    private final Engine engine;

    private BareEngine(Engine engine) {
        this.engine = engine;
    }

    /**
     * Opens a model as the service does.
     *
     * @param device {@code auto}, {@code cpu} or {@code cuda:0}
     * @param threads of one computation; 0 for as many as are worthwhile
     * @throws IllegalArgumentException if there is no such device
     */
    public static BareEngine open(
            ModelDirectory model, EngineName engine, String device, int threads) {
        Device chosen = LocalPredictors.device(model, engine, Precision.FP32, device);
        return new BareEngine(
                LocalPredictors.engine(model, engine, Precision.FP32, chosen, threads));
    }

    /**
     * Computes one batch.
     *
     * @param pixels one {@code [height][width][3]} array of unsigned bytes per image, at least one
     * @param probes wanted besides logits and probabilities
     * @return the outputs of each image by name, in the order of the images
     * @throws IllegalStateException if the engine fails
     */
    public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
        return engine.run(pixels, probes);
    }

    @Override
    public void close() {
        engine.close();
    }
}
