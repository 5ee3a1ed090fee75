package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.CheckpointException;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a model does with its reference, with none, and with one that is not its own. */
@ExtendWith(OutputCaptureExtension.class)
class ReferenceOfModelTests {

    private static final ModelDirectory BUNDLED = ModelDirectory.bundled("dmst-cifar10");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static ServedModel with(Optional<TensorMap> reference) {
        return with("1", reference);
    }

    private static ServedModel with(String version, Optional<TensorMap> reference) {
        return ServedModel.of(
                new ModelDirectory(
                        BUNDLED.config().with(Map.of("version", version)),
                        BUNDLED.weights(),
                        BUNDLED.labels(),
                        BUNDLED.card(),
                        BUNDLED.digest(),
                        BUNDLED.golden(),
                        reference));
    }

    private static TensorMap changed(Map<String, Tensor> tensors, Map<String, String> metadata) {
        TensorMap own = BUNDLED.reference().orElseThrow();
        Map<String, Tensor> all = new TreeMap<>(own.tensors());
        all.putAll(tensors);
        Map<String, String> words = new TreeMap<>(own.metadata());
        words.putAll(metadata);
        return new TensorMap("a-reference", new TreeMap<>(all), words);
    }

    private static Prediction prediction(float rate) {
        float[][] usage = {
            {0.35f, 0.52f, 0.07f, 0.06f},
            {0.1f, 0.06f, 0.09f, 0.75f},
            {0.49f, 0.03f, 0.06f, 0.42f},
            {0.3f, 0.64f, 0.03f, 0.03f}
        };
        float[] rates = {78.8f, 65.9f, rate, 46.9f};
        float[] entropies = {0.5f, 0.34f, 0.46f, 0.38f};
        float[] probabilities = {0.9f, 0.1f};
        return new Prediction(
                probabilities,
                probabilities,
                new LayerStatistics(rates, entropies, usage),
                null,
                Map.of(),
                new Timing(Duration.ZERO, Duration.ZERO, 1));
    }

    private PredictionMetrics metrics(ServedModel model) {
        return new PredictionMetrics(model, meters, DriftProperties.standard());
    }

    @Test
    void withItPredictionsHaveATypicalityAndDriftIsWatched(CapturedOutput log) {
        PredictionMetrics metrics = metrics(with(BUNDLED.reference()));
        assertThat(metrics.observed(prediction(32.8f)).typicality()).isBetween(0.3, 1.0);
        assertThat(metrics.observed(prediction(300)).typicality()).isLessThan(0.001);
        assertThat(meters.get("dmst.typicality").summary().count()).isEqualTo(2);
        assertThat(meters.get("dmst.drift.alarm").gauge().value()).isZero();
        for (int i = 0; i < 62; i++) {
            metrics.observed(prediction(300));
        }
        assertThat(meters.get("dmst.drift.alarm").gauge().value()).isOne();
        assertThat(meters.get("dmst.drift").gauge().value()).isGreaterThan(1);
        assertThat(meters.get("dmst.drift.windows").tag("verdict", "alarm").counter().count())
                .isEqualTo(2);
        assertThat(log.getOut().split("are unlike 50000 training images", -1))
                .as("one line for two alarms")
                .hasSize(2);
        assertThat(log).contains("most of all the coding rate of layer 2");
    }

    @Test
    void eachVersionHasItsOwnDriftUntilItGoes() {
        PredictionMetrics stays = metrics(with("1", BUNDLED.reference()));
        PredictionMetrics goes = metrics(with("2", BUNDLED.reference()));
        stays.observed(prediction(32.8f));
        for (int i = 0; i < 64; i++) {
            goes.observed(prediction(300));
        }
        assertThat(alarm("1")).isEqualTo(Optional.of(0.0));
        assertThat(alarm("2")).isEqualTo(Optional.of(1.0));
        goes.close();
        assertThat(alarm("1")).isEqualTo(Optional.of(0.0));
        assertThat(alarm("2")).as("of a model that has gone").isEmpty();
        assertThat(meters.find("dmst.drift").tag("version", "2").gauge()).isNull();
    }

    private Optional<Double> alarm(String version) {
        return Optional.ofNullable(meters.find("dmst.drift.alarm").tag("version", version).gauge())
                .map(Gauge::value);
    }

    @Test
    void judgingAPredictionRecordsNothing() {
        PredictionMetrics metrics = metrics(with(BUNDLED.reference()));
        Prediction judged = metrics.judged(prediction(32.8f));
        assertThat(judged.typicality()).isNotNull();
        assertThat(meters.get("dmst.typicality").summary().count()).isZero();
        metrics.count(judged);
        assertThat(meters.get("dmst.typicality").summary().count()).isOne();
        assertThat(meters.get("dmst.prediction.confidence").summary().count()).isOne();
    }

    @Test
    void withoutItThereIsNoTypicalityAndTheLogSaysHowToGetOne(CapturedOutput log) {
        ServedModel model = with(Optional.empty());
        assertThat(model.reference()).isNull();
        assertThat(log).contains("has no reference.safetensors").contains("dmst profile");
        assertThat(metrics(model).observed(prediction(32.8f)).typicality()).isNull();
        assertThat(meters.find("dmst.drift").gauge()).isNull();
        assertThat(meters.find("dmst.typicality").summary()).isNull();
    }

    @Test
    void oneOfOtherWeightsIsIgnoredWithAWarning(CapturedOutput log) {
        ServedModel model =
                with(Optional.of(changed(Map.of(), Map.of("dmst.model.digest", "sha256:other"))));
        assertThat(model.reference()).isNull();
        assertThat(log)
                .contains("WARN")
                .contains("a-reference was made for sha256:other, not for this model");
    }

    @Test
    void oneOfTheseWeightsThatIsBrokenIsRefused() {
        Tensor wrong = Tensor.ofLongs(new long[] {5, 3}, 2);
        assertThatThrownBy(() -> with(Optional.of(changed(Map.of("layers", wrong), Map.of()))))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("expected 4 layers of 4 groups, as in config.json, not 5");
    }

    @Test
    void aWindowOfNoneWatchesNoDrift() {
        PredictionMetrics metrics =
                new PredictionMetrics(
                        with(BUNDLED.reference()), meters, DriftProperties.unwatched());
        assertThat(metrics.observed(prediction(32.8f)).typicality()).isNotNull();
        assertThat(meters.find("dmst.drift").gauge()).isNull();
        assertThat(Objects.requireNonNull(with(BUNDLED.reference()).reference()).images())
                .isEqualTo(40_000);
    }

    @Test
    void keysOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new DriftProperties(1, 31, 0.001))
                .hasMessageContaining("dmst.drift.window");
        assertThatThrownBy(() -> new DriftProperties(1, 2_000_000, 0.001))
                .hasMessageContaining("dmst.drift.window");
        for (double share : new double[] {0, -1, 0.6, Double.NaN}) {
            assertThatThrownBy(() -> new DriftProperties(1, 256, share))
                    .hasMessageContaining("dmst.drift.false-alarms");
        }
    }
}
