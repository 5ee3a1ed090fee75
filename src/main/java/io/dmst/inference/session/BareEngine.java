package io.dmst.inference.session;

import io.dmst.checkpoint.ModelDirectory;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.Prediction;
import io.dmst.inference.ProbeValues;
import io.dmst.inference.Timing;
import io.dmst.onnx.OnnxExport;
import io.dmst.onnx.Precision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The engine that serves, without queue, deadlines and metrics: what a service can reach at best.
 * Safe for use by several threads; owns native memory until closed.
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

    /** As {@link #open} on ONNX Runtime, of the graph without statistics. */
    public static BareEngine withoutStatistics(ModelDirectory model, String device, int threads) {
        return ofGraph(OnnxExport.of(model).plain(), device, threads);
    }

    /**
     * Opens an ONNX file that takes pixels and gives at least logits and probabilities.
     *
     * @param graph its bytes
     * @param device as above
     * @param threads as above
     * @throws IllegalStateException if ONNX Runtime refuses it
     */
    public static BareEngine ofGraph(byte[] graph, String device, int threads) {
        Device chosen = Device.of(device, () -> graph);
        int count = threads > 0 ? threads : worthwhile(chosen, graph);
        return new BareEngine(OnnxEngine.ofGraph(graph, count, chosen.cuda()));
    }

    private static int worthwhile(Device device, byte[] graph) {
        return device.gpu() ? PhysicalCores.count() : ThreadChoice.of(graph);
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

    /**
     * Computes one batch, as answers without a trace.
     *
     * @param pixels as above
     * @throws IllegalStateException if the engine fails
     */
    public List<Prediction> predict(List<byte[]> pixels) {
        Timing timing = new Timing(Duration.ZERO, Duration.ZERO, pixels.size());
        return engine.run(pixels, Set.of()).stream()
                .map(outputs -> Outputs.prediction(outputs, Set.of(), timing))
                .toList();
    }

    @Override
    public void close() {
        engine.close();
    }
}
