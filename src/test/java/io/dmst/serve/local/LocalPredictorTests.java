package io.dmst.serve.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.engine.Engine;
import io.dmst.core.engine.GoldenImages;
import io.dmst.core.engine.ProbeValues;
import io.dmst.core.engine.SelfCheck;
import io.dmst.core.engine.TinyGraph;
import io.dmst.serve.batch.Batcher;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.DriftProperties;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalPredictorTests {

    private static final ServedModel MODEL =
            new ServedModel(
                    ModelConfig.parse(
                            "{\"name\":\"tiny\",\"image_size\":2,\"patch_size\":2,\"embed_dim\":4,"
                                    + "\"depth\":1,\"num_heads\":1,\"num_classes\":3}"),
                    List.of("a", "b", "c"),
                    ModelCard.EMPTY,
                    "sha256:0");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private LocalPredictor open(Engine engine) {
        SelfCheck check =
                new SelfCheck(
                        new GoldenImages(List.of(TinyGraph.PIXELS), Map.of()),
                        1,
                        Duration.ofSeconds(1),
                        true,
                        1e-3);
        PredictionMetrics predictions =
                new PredictionMetrics(MODEL, meters, DriftProperties.standard());
        Batcher batcher =
                Batcher.open(
                        () -> new ModelComputation(MODEL, engine, check, predictions, meters),
                        new Batcher.Limits(1, Duration.ofSeconds(1), Duration.ofSeconds(20)),
                        MODEL,
                        meters);
        return new LocalPredictor(MODEL, engine.probes(), batcher, predictions);
    }

    private static PredictionRequest request(Deadline deadline, String... probes) {
        return new PredictionRequest("r-1", TinyGraph.PIXELS, Set.of(probes), deadline);
    }

    private static Outcome get(CompletableFuture<Outcome> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aPredictionHasTheGraphsNumbersItsTraceAndItsTiming() throws Exception {
        try (LocalPredictor predictor = open(TinyGraph.engine())) {
            Prediction plain = (Prediction) get(predictor.predict(request(Deadline.none())));
            assertThat(plain.probabilities())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(TinyGraph.PROBABILITIES);
            assertThat(plain.trace()).isEmpty();
            assertThat(plain.timing().batchSize()).isEqualTo(1);
            assertThat(plain.timing().compute()).isPositive();

            Prediction traced =
                    (Prediction) get(predictor.predict(request(Deadline.none(), "membership.0")));
            assertThat(traced.trace()).containsOnlyKeys("membership.0");
        }
        assertThat(meters.get("dmst.batch.size").summary().count()).isEqualTo(2);
        assertThat(meters.get("dmst.prediction.confidence").summary().max()).isBetween(36.1, 36.2);
        assertThat(meters.get("dmst.stage").tag("stage", "compute").timer().count()).isEqualTo(2);
    }

    @Test
    void anUnknownProbeIsRefusedByName() throws Exception {
        try (LocalPredictor predictor = open(TinyGraph.engine())) {
            Failure failure =
                    (Failure) get(predictor.predict(request(Deadline.none(), "membership.7")));
            assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
            assertThat(failure.detail()).contains("membership.7");
        }
    }

    @Test
    void pixelsOfAnotherSizeAreAFaultOfTheCaller() {
        try (LocalPredictor predictor = open(TinyGraph.engine())) {
            assertThatThrownBy(() ->
                            predictor.predict(
                                    new PredictionRequest(
                                            "r", new byte[5], Set.of(), Deadline.none())))
                    .hasMessageContaining("12 bytes of pixels, not 5");
        }
    }

    @Test
    void afterClosingEveryRequestIsToldThatItIsNotReady() throws Exception {
        LocalPredictor predictor = open(TinyGraph.engine());
        assertThat(predictor.ready()).isTrue();
        predictor.close();
        assertThat(predictor.ready()).isFalse();
        Failure refused = (Failure) get(predictor.predict(request(Deadline.none())));
        assertThat(refused.code()).isEqualTo(FailureCode.NOT_READY);
        assertThat(refused.retryAfter()).isPositive();
    }

    @Test
    void numbersThatAreNotFiniteAreAnInternalFault() throws Exception {
        TurnsBad engine = new TurnsBad();
        try (LocalPredictor predictor = open(engine)) {
            engine.bad = true;
            Failure failure = (Failure) get(predictor.predict(request(Deadline.none())));
            assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
        }
    }

    /** Answers a uniform distribution, until it answers what is no number. */
    private static final class TurnsBad implements Engine {

        private volatile boolean bad;

        @Override
        public Set<String> probes() {
            return Set.of();
        }

        @Override
        public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
            float number = bad ? Float.NaN : 0.25f;
            ProbeValues values =
                    new ProbeValues(List.of(4), new float[] {number, number, number, number});
            return List.of(Map.of(LOGITS, values, PROBABILITIES, values));
        }

        @Override
        public void close() {}
    }
}
