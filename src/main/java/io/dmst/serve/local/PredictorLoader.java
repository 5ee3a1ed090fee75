package io.dmst.serve.local;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.engine.Device;
import io.dmst.core.engine.Engine;
import io.dmst.core.engine.GoldenImages;
import io.dmst.core.engine.OnnxEngine;
import io.dmst.core.engine.OnnxSession;
import io.dmst.core.engine.PhysicalCores;
import io.dmst.core.engine.SelfCheck;
import io.dmst.core.engine.ThreadChoice;
import io.dmst.core.model.Network;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Precision;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlNetwork;
import io.dmst.djl.DjlNetworkEngine;
import io.dmst.serve.batch.Batcher;
import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.PredictorSettings;
import io.dmst.serve.predict.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens models in this process: for the service and for the laboratory alike. */
public final class PredictorLoader {

    private static final Logger log = LoggerFactory.getLogger(PredictorLoader.class);
    private static final String BUNDLED = "dmst-cifar10";

    /** On a CPU larger batches hardly raise the throughput, and later requests wait for them. */
    private static final int CPU_BATCH = 8;

    private static final int GPU_BATCH = 64;
    private static final double FINE_TOLERANCE = 1e-3;

    /** GPUs multiply with mantissas of 10 bits (TF32), and so does everything with FP16. */
    private static final double COARSE_TOLERANCE = 2e-2;

    private PredictorLoader() {}

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
     * Opens a predictor that computes in this process, after its engine has passed the check with
     * golden images; the caller closes it.
     *
     * @param model to serve
     * @param meters receives its metrics
     * @throws IllegalArgumentException if there is no such device
     * @throws IllegalStateException if the engine fails its check
     */
    public static Predictor open(
            ModelDirectory model, PredictorSettings settings, MeterRegistry meters) {
        ServedModel served = ServedModel.of(model);
        PredictionMetrics predictions = new PredictionMetrics(served, meters, settings.drift());
        try {
            return open(model, served, settings, predictions, meters);
        } catch (RuntimeException | Error e) {
            predictions.close();
            throw e;
        }
    }

    /**
     * Opens a predictor whose predictions are recorded by the caller's metrics, as for a gateway
     * that has other ways to predict too.
     *
     * @param served what users know of the model
     * @param predictions records predictions; closed with the predictor
     */
    public static Predictor open(
            ModelDirectory model,
            ServedModel served,
            PredictorSettings settings,
            PredictionMetrics predictions,
            MeterRegistry meters) {
        InferenceProperties properties = settings.inference();
        Device device =
                device(model, properties.engine(), properties.precision(), properties.device());
        Metric.ENGINE_INFO.show(
                meters,
                served.name(),
                served.version(),
                properties.engine().name().toLowerCase(Locale.ROOT),
                device.label(),
                properties.precision().name().toLowerCase(Locale.ROOT));
        SelfCheck check = check(model, settings, device);
        EngineName name = properties.engine();
        Precision precision = properties.precision();
        int threads = threads(model, name, precision, device, properties.threads());
        Batcher batcher =
                Batcher.open(
                        () ->
                                new ModelComputation(
                                        served,
                                        engine(model, name, precision, device, threads),
                                        check,
                                        predictions,
                                        meters),
                        new Batcher.Limits(
                                properties.workers(),
                                settings.batch().maxLatency(),
                                settings.shutdown().drain()),
                        served,
                        meters);
        return new LocalPredictor(
                served, Set.copyOf(new Network(model.config()).probes()), batcher, predictions);
    }

    private static SelfCheck check(
            ModelDirectory model, PredictorSettings settings, Device device) {
        int asked = settings.batch().maxSize();
        boolean coarse = device.gpu() || settings.inference().precision() == Precision.FP16;
        int byDevice = device.gpu() ? GPU_BATCH : CPU_BATCH;
        return new SelfCheck(
                GoldenImages.of(model),
                asked > 0 ? asked : byDevice,
                settings.batch().maxLatency(),
                !device.gpu(),
                coarse ? COARSE_TOLERANCE : FINE_TOLERANCE);
    }

    /**
     * The device of a name, after it has computed the model.
     *
     * @throws IllegalArgumentException if there is no such device
     */
    static Device device(
            ModelDirectory model, EngineName engine, Precision precision, String name) {
        return switch (engine) {
            case ONNXRUNTIME -> Device.of(name, () -> OnnxExport.of(model, precision).classify());
            case DJL -> {
                ai.djl.Device device = DjlEngines.device(name);
                yield device.isGpu() ? new Device(device.getDeviceId(), null) : Device.CPU;
            }
        };
    }

    /**
     * What computes a model.
     *
     * @param threads of one computation; 0 for as many as are worthwhile
     */
    public static Engine engine(
            ModelDirectory model,
            EngineName name,
            Precision precision,
            Device device,
            int threads) {
        int count = threads(model, name, precision, device, threads);
        return switch (name) {
            case ONNXRUNTIME -> onnx(model, precision, device, count);
            case DJL -> djl(model, device, count);
        };
    }

    /** Those that are asked for, or those that are worthwhile. */
    private static int threads(
            ModelDirectory model, EngineName name, Precision precision, Device device, int asked) {
        if (asked > 0) {
            return asked;
        }
        return name == EngineName.ONNXRUNTIME && !device.gpu()
                ? ThreadChoice.of(OnnxExport.of(model, precision).classify())
                : PhysicalCores.count();
    }

    private static Engine djl(ModelDirectory model, Device device, int threads) {
        DjlEngines.threads(threads);
        log.info(
                "model {} {} on {}, {}, threads: {}",
                model.config().name(),
                model.config().version(),
                DjlEngines.version(),
                device.label(),
                threads);
        return new DjlNetworkEngine(
                model.config(),
                new DjlNetwork(model.config(), model.weights(), DjlEngines.device(device.label())));
    }

    private static Engine onnx(
            ModelDirectory model, Precision precision, Device device, int threads) {
        OnnxExport export = OnnxExport.of(model, precision);
        log.info(
                "model {} {} on ONNX Runtime, {}, {}, threads: {}",
                model.config().name(),
                model.config().version(),
                device.label(),
                precision,
                threads);
        if (precision == Precision.FP16 && !device.gpu()) {
            log.warn("precision fp16 is for GPUs; this CPU is slower with it than with fp32");
        }
        return new OnnxEngine(
                new OnnxSession(export.classify(), threads, device.cuda()),
                () -> new OnnxSession(export.explain(), threads, device.cuda()));
    }
}
