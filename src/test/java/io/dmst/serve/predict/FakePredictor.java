package io.dmst.serve.predict;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A model that really tells colours: its classes are red, green and blue, its logits the means of
 * the channels. A test may have it answer otherwise.
 */
public final class FakePredictor implements Predictor {

    /** Of an image that is red, in no time. */
    public static final Prediction RED =
            new Prediction(
                    new float[] {1, 0, 0},
                    new float[] {1, 0, 0},
                    Map.of(),
                    new Timing(Duration.ZERO, Duration.ZERO, 1));

    private static final String CONFIG =
            """
            {"name": "colours", "version": "%s", "image_size": [4, 6], "patch_size": 2,
             "embed_dim": 4, "depth": 1, "num_heads": 2, "num_classes": 3}
            """;

    private static final String CARD =
            "---\naccuracy: 0.875\nlicense: apache-2.0\n---\n# Colours\nTells red, green and blue.";

    private final ServedModel model;
    private volatile Function<PredictionRequest, CompletableFuture<Outcome>> answer =
            FakePredictor::colours;
    private volatile boolean unready;
    private volatile boolean closed;

    public FakePredictor(String version) {
        model =
                new ServedModel(
                        ModelConfig.parse(CONFIG.formatted(version)),
                        List.of("red", "green", "blue"),
                        ModelCard.parse(CARD),
                        "sha256:" + version.repeat(64));
    }

    /** What it answers from now on. */
    public void answers(Function<PredictionRequest, CompletableFuture<Outcome>> other) {
        answer = other;
    }

    /** That it answers every request with the same outcome. */
    public void answers(Outcome outcome) {
        answers(request -> CompletableFuture.completedFuture(outcome));
    }

    /** That it tells colours again. */
    public void tellsColours() {
        answers(FakePredictor::colours);
    }

    private static CompletableFuture<Outcome> colours(PredictionRequest request) {
        float[] logits = new float[3];
        int pixels = request.pixels().length / 3;
        for (int i = 0; i < request.pixels().length; i++) {
            logits[i % 3] += (request.pixels()[i] & 0xff) / (255f * pixels);
        }
        return CompletableFuture.completedFuture(
                new Prediction(
                        softmax(logits),
                        logits,
                        Map.of(),
                        new Timing(Duration.ofMillis(2), Duration.ofMillis(3), 4)));
    }

    private static float[] softmax(float[] logits) {
        float[] exponentials = new float[logits.length];
        float sum = 0;
        for (int i = 0; i < logits.length; i++) {
            exponentials[i] = (float) Math.exp(logits[i]);
            sum += exponentials[i];
        }
        for (int i = 0; i < logits.length; i++) {
            exponentials[i] /= sum;
        }
        return exponentials;
    }

    @Override
    public ServedModel model() {
        return model;
    }

    @Override
    public boolean ready() {
        return !closed && !unready;
    }

    /** Whether it is not ready from now on. */
    public void unready(boolean now) {
        unready = now;
    }

    @Override
    public CompletableFuture<Outcome> predict(PredictionRequest request) {
        return answer.apply(request);
    }

    @Override
    public void close() {
        closed = true;
    }
}
