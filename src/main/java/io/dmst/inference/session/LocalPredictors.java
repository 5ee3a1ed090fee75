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
import io.dmst.observability.Metric;
import io.dmst.onnx.OnnxExport;
import io.dmst.onnx.Precision;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
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
    private static final double FINE_TOLERANCE = 1e-3;

    /** GPUs multiply with mantissas of 10 bits (TF32), and so does everything with FP16. */
    private static final double COARSE_TOLERANCE = 2e-2;

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
     * @throws IllegalArgumentException if there is no such device, or if nothing is to be computed
     *     of a model with golden images
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
        PredictionMetrics predictions = new PredictionMetrics(served, meters, drift);
        try {
            return open(model, served, properties, predictions, meters);
        } catch (RuntimeException | Error e) {
            predictions.close();
            throw e;
        }
    }

    /**
     * As the other ones, for somebody who answers for the same model in another way too: a
     * prediction is then counted in one place.
     *
     * @param served what users know of the model
     * @param predictions records what is predicted here; closed with the predictor, which is
     *     harmless when repeated
     */
    public static Predictor open(
            ModelDirectory model,
            ServedModel served,
            InferenceProperties properties,
            PredictionMetrics predictions,
            MeterRegistry meters) {
        if (properties.engine() == EngineName.IDENTITY && model.golden().isPresent()) {
            throw new IllegalArgumentException(
                    ("engine identity computes nothing, and model %s has golden images to be answered"
                                    + " rightly; choose another engine, or measure with"
                                    + " `dmst bench overhead`")
                            .formatted(served.name()));
        }
        Device device =
                device(model, properties.engine(), properties.precision(), properties.device());
        Metric.ENGINE_INFO.show(
                meters,
                served.name(),
                properties.engine().name().toLowerCase(Locale.ROOT),
                device.label(),
                properties.precision().name().toLowerCase(Locale.ROOT));
        SelfCheck check = check(model, properties, device);
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
                        new Limits(
                                properties.queue(),
                                properties.workers(),
                                properties.batchTime(),
                                properties.drain()),
                        served,
                        meters);
        return new LocalPredictor(served, probes(model, name), batcher, predictions);
    }

    private static Set<String> probes(ModelDirectory model, EngineName name) {
        return switch (name) {
            case ONNXRUNTIME, DJL -> Set.copyOf(new Network(model.config()).probes());
            case IDENTITY -> Set.of();
        };
    }

    private static SelfCheck check(
            ModelDirectory model, InferenceProperties properties, Device device) {
        boolean coarse = device.gpu() || properties.precision() == Precision.FP16;
        int byDevice = device.gpu() ? GPU_BATCH : CPU_BATCH;
        return new SelfCheck(
                GoldenImages.of(model),
                properties.maxBatch() > 0 ? properties.maxBatch() : byDevice,
                properties.batchTime(),
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
            case IDENTITY -> Device.of(name, () -> OnnxExport.of(model).identity());
            case DJL -> {
                ai.djl.Device device = Engines.device(name);
                yield device.isGpu() ? new Device(device.getDeviceId(), null) : Device.CPU;
            }
        };
    }

    /**
     * What computes a model.
     *
     * @param threads of one computation; 0 for as many as are worthwhile
     */
    static Engine engine(
            ModelDirectory model,
            EngineName name,
            Precision precision,
            Device device,
            int threads) {
        int count = threads(model, name, precision, device, threads);
        return switch (name) {
            case ONNXRUNTIME -> onnx(model, precision, device, count);
            case DJL -> djl(model, device, count);
            case IDENTITY -> identity(model, device);
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

    private static Engine identity(ModelDirectory model, Device device) {
        log.warn(
                "model {} {} is not computed: engine identity says the same of every image",
                model.config().name(),
                model.config().version());
        return OnnxEngine.ofGraph(OnnxExport.of(model).identity(), 1, device.cuda());
    }

    private static Engine djl(ModelDirectory model, Device device, int threads) {
        Engines.threads(threads);
        log.info(
                "model {} {} on {}, {}, threads: {}",
                model.config().name(),
                model.config().version(),
                Engines.version(),
                device.label(),
                threads);
        return new DjlEngine(
                model.config(),
                new DjlNetwork(model.config(), model.weights(), Engines.device(device.label())));
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
