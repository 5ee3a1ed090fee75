package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.engine.ProbeValues;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictionMetricsTests {

    private static final Timing TIMING = new Timing(Duration.ZERO, Duration.ZERO, 1);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ServedModel model = new FakePredictor("1").model();

    private static Prediction prediction(float rate) {
        LayerStatistics layers =
                new LayerStatistics(
                        new float[] {rate}, new float[] {0.5f}, new float[][] {{0.25f, 0.75f}});
        float[] probabilities = {0.2f, 0.7f, 0.1f};
        return new Prediction(probabilities, probabilities, layers, null, Map.of(), TIMING);
    }

    private DistributionSummary rates(String term) {
        return meters.get("dmst.layer.coding.rate")
                .tags("model", "colours", "layer", "0", "term", term)
                .summary();
    }

    @Test
    void everyLayerOfAPredictionIsRecordedBesideItsBound() {
        PredictionMetrics metrics =
                new PredictionMetrics(model, meters, DriftProperties.standard());
        metrics.observed(prediction(4));
        metrics.observed(prediction(6));

        assertThat(rates("compression_variational").mean()).isEqualTo(5);
        assertThat(rates("bound").mean()).isCloseTo(2 * Math.log(101), within(1e-9));
        assertThat(meters.get("dmst.layer.membership.entropy").summary().mean()).isEqualTo(0.5);
        assertThat(meters.get("dmst.prediction.confidence").summary().mean())
                .isCloseTo(70, within(1e-4));
    }

    @Test
    void aShareOfThePredictionsIsEnoughForTheLayers() {
        PredictionMetrics metrics =
                new PredictionMetrics(model, meters, new DriftProperties(0.25, 256, 0.001));
        for (int i = 0; i < 4000; i++) {
            metrics.observed(prediction(4));
        }
        assertThat(meters.get("dmst.prediction.confidence").summary().count()).isEqualTo(4000);
        // six standard deviations of a binomial distribution around its mean
        assertThat(rates("bound").count()).isBetween(836L, 1164L);
    }

    @Test
    void aModelWithoutMembershipsHasItsConfidenceAlone() {
        PredictionMetrics metrics =
                new PredictionMetrics(model, meters, DriftProperties.standard());
        float[] probabilities = {0.2f, 0.7f, 0.1f};
        metrics.observed(new Prediction(probabilities, probabilities, Map.of(), TIMING));
        assertThat(rates("bound").count()).isZero();
        assertThat(meters.get("dmst.prediction.confidence").summary().count()).isEqualTo(1);
    }

    @Test
    void aShareOutsideItsRangeIsRefused() {
        for (double share : new double[] {0, -1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new DriftProperties(share, 256, 0.001))
                    .hasMessageContaining("dmst.drift.share");
        }
    }

    @Test
    void statisticsAreTakenOutOfTheOutputs() {
        Map<String, ProbeValues> outputs = new HashMap<>();
        outputs.put("coding_rate", new ProbeValues(List.of(2), new float[] {180, 190}));
        outputs.put("entropy", new ProbeValues(List.of(2), new float[] {0.1f, 0.2f}));
        outputs.put("usage", new ProbeValues(List.of(2, 2), new float[] {1, 0, 0.5f, 0.5f}));
        outputs.put("tokens.0", new ProbeValues(List.of(1), new float[] {1}));

        LayerStatistics layers = LayerStatistics.takenFrom(outputs).orElseThrow();
        assertThat(layers.layers()).isEqualTo(2);
        assertThat(layers.codingRate()).containsExactly(180, 190);
        assertThat(layers.usage()[1]).containsExactly(0.5f, 0.5f);
        assertThat(outputs).containsOnlyKeys("tokens.0");
        assertThat(LayerStatistics.takenFrom(outputs)).isEmpty();
    }
}
