package io.dmst.inference.session;

import io.dmst.checkpoint.ModelDirectory;
import io.dmst.djl.DjlNetwork;
import io.dmst.djl.Engines;
import io.dmst.inference.DriftProperties;
import io.dmst.inference.InferenceProperties;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.PredictionMetrics;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import io.dmst.inference.batch.Batcher;
import io.dmst.inference.batch.Limits;
import io.dmst.model.Network;
import io.dmst.onnx.OnnxExport;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens models in this process: for the service and for the laboratory alike. */
public final class LocalPredictors {

    private static final Logger log = LoggerFactory.getLogger(LocalPredictors.class);
    private static final String BUNDLED = "dmst-cifar10";

    /** Batches gain a CPU little, and each keeps those that come meanwhile waiting. */
    private static final int CPU_BATCH = 8;

    private static final int GPU_BATCH = 64;
    private static final double CPU_TOLERANCE = 1e-3;

    /** GPUs multiply with mantissas of 10 bits (TF32). */
    private static final double GPU_TOLERANCE = 2e-2;

    private LocalPredictors() {}

    /**
     * The model of a path.
     *
     * @param path of a model directory; absent for the bundled default
     * @throws IOException if it cannot be read
     */
    public static ModelDirectory model(@Nullable Path path) throws IOException {
        return path == null ? ModelDirectory.bundled(BUNDLED) : ModelDirectory.read(path);
    }

    /**
     * A predictor that computes in this process, after its engine has answered golden images as it
     * must; the caller closes it. It watches no drift.
     *
     * @param model to serve
     * @param properties engine, device, threads and bounds
     * @param meters receives its metrics
     * @throws IllegalArgumentException if there is no such device
     * @throws IllegalStateException if the engine answers the golden images wrongly
     */
    public static Predictor open(
            ModelDirectory model, InferenceProperties properties, MeterRegistry meters) {
        return open(model, properties, DriftProperties.unwatched(), meters);
    }

    /** As the other one, with what of its predictions goes to the metrics. */
    public static Predictor open(
            ModelDirectory model,
            InferenceProperties properties,
            DriftProperties drift,
            MeterRegistry meters) {
        ServedModel served = ServedModel.of(model);
        return open(
                model, served, properties, new PredictionMetrics(served, meters, drift), meters);
    }

    /**
     * As the other ones, for somebody who answers for the same model in another way too: a
     * prediction is then counted in one place.
     *
     * @param served what users know of the model
     * @param predictions records what is predicted here
     */
    public static Predictor open(
            ModelDirectory model,
            ServedModel served,
            InferenceProperties properties,
            PredictionMetrics predictions,
            MeterRegistry meters) {
        SelfCheck check = check(model, properties);
        Batcher batcher =
                Batcher.open(
                        () ->
                                new ModelComputation(
                                        served,
                                        engine(model, properties),
                                        check,
                                        predictions,
                                        meters),
                        new Limits(
                                properties.queue(),
                                properties.workers(),
                                properties.batchTime(),
                                properties.drain()),
                        served,
                        meters);
        Set<String> probes = Set.copyOf(new Network(model.config()).probes());
        return new LocalPredictor(served, probes, batcher);
    }

    private static SelfCheck check(ModelDirectory model, InferenceProperties properties) {
        boolean gpu = gpu(properties);
        int byDevice = gpu ? GPU_BATCH : CPU_BATCH;
        return new SelfCheck(
                GoldenImages.of(model),
                properties.maxBatch() > 0 ? properties.maxBatch() : byDevice,
                properties.batchTime(),
                !gpu,
                gpu ? GPU_TOLERANCE : CPU_TOLERANCE);
    }

    private static boolean gpu(InferenceProperties properties) {
        return switch (properties.engine()) {
            case ONNXRUNTIME -> cudaDevice(properties.device()) != null;
            case DJL -> Engines.device(properties.device()).isGpu();
        };
    }

    private static Engine engine(ModelDirectory model, InferenceProperties properties) {
        return engine(model, properties.engine(), properties.device(), properties.threads());
    }

    /**
     * What computes a model.
     *
     * @param threads of one computation; 0 for one per physical core
     */
    static Engine engine(ModelDirectory model, EngineName name, String device, int threads) {
        int count = threads > 0 ? threads : PhysicalCores.count();
        return switch (name) {
            case ONNXRUNTIME -> onnx(model, device, count);
            case DJL -> djl(model, device, count);
        };
    }

    private static Engine djl(ModelDirectory model, String device, int threads) {
        Engines.threads(threads);
        log.info(
                "model {} {} on {}, {}, threads: {}",
                model.config().name(),
                model.config().version(),
                Engines.version(),
                Engines.device(device),
                threads);
        return new DjlEngine(
                model.config(),
                new DjlNetwork(model.config(), model.weights(), Engines.device(device)));
    }

    private static Engine onnx(ModelDirectory model, String device, int threads) {
        OnnxExport export = OnnxExport.of(model);
        Integer cuda = cudaDevice(device);
        log.info(
                "model {} {} on ONNX Runtime, {}",
                model.config().name(),
                model.config().version(),
                cuda == null ? "CPU, threads: " + threads : "CUDA device " + cuda);
        return new OnnxEngine(
                new OnnxSession(export.classify(), threads, cuda),
                () -> new OnnxSession(export.explain(), threads, cuda));
    }

    static @Nullable Integer cudaDevice(String device) {
        return switch (device) {
            case "cpu" -> null;
            case "auto" -> OnnxSession.hasCuda() ? 0 : null;
            default -> {
                if (!OnnxSession.hasCuda()) {
                    throw new IllegalArgumentException(
                            "device %s: this build of ONNX Runtime has no CUDA; use cpu or auto"
                                    .formatted(device));
                }
                yield Integer.valueOf(device.substring("cuda:".length()));
            }
        };
    }
}
