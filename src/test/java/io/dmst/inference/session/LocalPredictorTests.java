package io.dmst.inference.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.checkpoint.ModelCard;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.ProbeValues;
import io.dmst.inference.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static PredictionRequest request(Deadline deadline, String... probes) {
        return new PredictionRequest("r-1", TinyGraph.PIXELS, Set.of(probes), deadline);
    }

    private static Outcome get(CompletableFuture<Outcome> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static FailureCode code(CompletableFuture<Outcome> answer) throws Exception {
        return ((Failure) get(answer)).code();
    }

    @Test
    void aPredictionHasTheGraphsNumbersItsTraceAndItsTiming() throws Exception {
        try (LocalPredictor predictor =
                new LocalPredictor(MODEL, TinyGraph.engine(), meters, 1, 4)) {
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
        try (LocalPredictor predictor =
                new LocalPredictor(MODEL, TinyGraph.engine(), meters, 1, 4)) {
            Failure failure =
                    (Failure) get(predictor.predict(request(Deadline.none(), "membership.7")));
            assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
            assertThat(failure.detail()).contains("membership.7");
        }
    }

    @Test
    void pixelsOfAnotherSizeAreAFaultOfTheCaller() {
        try (LocalPredictor predictor =
                new LocalPredictor(MODEL, TinyGraph.engine(), meters, 1, 4)) {
            assertThatThrownBy(() ->
                            predictor.predict(
                                    new PredictionRequest(
                                            "r", new byte[5], Set.of(), Deadline.none())))
                    .hasMessageContaining("12 bytes of pixels, not 5");
        }
    }

    @Test
    void aFullQueueRefusesAPassedDeadlineIsToldAndACancelledRequestIsNotComputed()
            throws Exception {
        BlockedEngine engine = new BlockedEngine();
        try (LocalPredictor predictor = new LocalPredictor(MODEL, engine, meters, 1, 2)) {
            CompletableFuture<Outcome> running = predictor.predict(request(Deadline.none()));
            engine.entered.await();
            CompletableFuture<Outcome> late =
                    predictor.predict(request(Deadline.after(Duration.ofMillis(1))));
            CompletableFuture<Outcome> cancelled = predictor.predict(request(Deadline.none()));
            Failure refused = (Failure) get(predictor.predict(request(Deadline.none())));
            assertThat(refused.code()).isEqualTo(FailureCode.OVERLOADED);
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));

            cancelled.cancel(true);
            Thread.sleep(5);
            engine.release.countDown();
            assertThat(code(late)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
            assertThat(get(running)).isInstanceOf(Prediction.class);
        }
        assertThat(engine.runs).hasValue(1);
        assertThat(engine.closed).isTrue();
    }

    @Test
    void afterClosingEveryRequestIsToldThatItIsNotReady() throws Exception {
        LocalPredictor predictor = new LocalPredictor(MODEL, TinyGraph.engine(), meters, 1, 4);
        assertThat(predictor.ready()).isTrue();
        predictor.close();
        assertThat(predictor.ready()).isFalse();
        assertThat(code(predictor.predict(request(Deadline.none()))))
                .isEqualTo(FailureCode.NOT_READY);
    }

    @Test
    void anEnginesFaultAndNumbersThatAreNotFiniteAreInternalAndSaidWithoutInternals()
            throws Exception {
        Engine broken =
                new StubEngine() {
                    @Override
                    public List<Map<String, ProbeValues>> run(
                            List<byte[]> pixels, Set<String> probes) {
                        throw new IllegalStateException("secret weights");
                    }
                };
        try (LocalPredictor predictor = new LocalPredictor(MODEL, broken, meters, 1, 4)) {
            Failure failure = (Failure) get(predictor.predict(request(Deadline.none())));
            assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
            assertThat(failure.detail()).doesNotContain("secret", "weights");
        }
        Engine undefined = new StubEngine(Float.NaN, 0, 0);
        try (LocalPredictor predictor = new LocalPredictor(MODEL, undefined, meters, 1, 4)) {
            assertThat(code(predictor.predict(request(Deadline.none()))))
                    .isEqualTo(FailureCode.INTERNAL);
        }
    }

    /** Answers constant numbers. */
    private static class StubEngine implements Engine {

        private final float[] numbers;

        StubEngine(float... numbers) {
            this.numbers = numbers;
        }

        @Override
        public Set<String> probes() {
            return Set.of();
        }

        @Override
        public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
            ProbeValues values = new ProbeValues(List.of(numbers.length), numbers);
            return List.of(Map.of(LOGITS, values, PROBABILITIES, values));
        }

        @Override
        public void close() {}
    }

    /** Computes only once it is released. */
    private static final class BlockedEngine extends StubEngine {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private final AtomicInteger runs = new AtomicInteger();
        private volatile boolean closed;

        BlockedEngine() {
            super(0.5f, 0.25f, 0.25f);
        }

        @Override
        public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
            entered.countDown();
            runs.incrementAndGet();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.run(pixels, probes);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
