package io.dmst.cli;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import io.dmst.core.onnx.Precision;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.predict.BatchProperties;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.DriftProperties;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.PredictorSettings;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.ShutdownProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A model in this process on the path that serves: same preprocessing, same predictor. */
final class LocalModel implements AutoCloseable {

    /** Images that may be under way at a time. */
    static final int WINDOW = 64;

    private static final Duration BATCH_TIME = Duration.ofMillis(50);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Predictor predictor;
    private final Preprocessor preprocessor;

    LocalModel(ModelDirectory directory, EngineName engine) {
        PredictorSettings settings =
                new PredictorSettings(
                        new InferenceProperties(
                                InferenceProperties.Mode.LOCAL,
                                engine,
                                "auto",
                                Precision.FP32,
                                null,
                                0,
                                1),
                        new BatchProperties(0, BATCH_TIME, WINDOW),
                        new ShutdownProperties(Duration.ZERO, Duration.ZERO, DRAIN),
                        DriftProperties.unwatched());
        predictor = PredictorLoader.open(directory, settings, new SimpleMeterRegistry());
        ServedModel model = predictor.model();
        preprocessor =
                new Preprocessor(model.imageHeight(), model.imageWidth(), model.cropFraction());
    }

    /** The model of a path, or the bundled one. */
    static ModelDirectory directory(@Nullable Path path) throws IOException {
        return PredictorLoader.model(path);
    }

    ServedModel model() {
        return predictor.model();
    }

    byte[] pixels(RgbImage image) {
        return preprocessor.apply(image);
    }

    /** What the network sees of an image, at another size. */
    RgbImage view(RgbImage image, int longerSide) {
        return preprocessor.view(image, longerSide);
    }

    CompletableFuture<Outcome> predict(String name, byte[] pixels) {
        return predict(name, pixels, Set.of());
    }

    CompletableFuture<Outcome> predict(String name, byte[] pixels, Set<String> probes) {
        return predictor.predict(new PredictionRequest(name, pixels, probes, Deadline.none()));
    }

    @Override
    public void close() {
        predictor.close();
    }
}
