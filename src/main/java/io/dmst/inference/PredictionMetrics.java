package io.dmst.inference;

import io.dmst.math.CodingRate;
import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * What a model's predictions say about themselves, as metrics: confidence for every prediction,
 * coding rates and entropies of the layers for a share of them.
 *
 * <p>The meters are looked up once; a prediction costs a few additions per layer. Safe for use by
 * several threads.
 */
public final class PredictionMetrics {

    private final DoubleConsumer confidence;
    private final DoubleConsumer[] codingRate;
    private final DoubleConsumer[] bound;
    private final DoubleConsumer[] entropy;
    private final double largest;
    private final double share;

    /**
     * @param model that predicts
     * @param meters receives the metrics
     */
    public PredictionMetrics(ServedModel model, MeterRegistry meters, DriftProperties properties) {
        String name = model.name();
        int layers = model.config().depth();
        confidence = Metric.PREDICTION_CONFIDENCE.recorder(meters, name);
        codingRate =
                perLayer(
                        layers,
                        layer ->
                                Metric.LAYER_CODING_RATE.recorder(
                                        meters, name, layer, "compression_variational"));
        bound =
                perLayer(
                        layers,
                        layer -> Metric.LAYER_CODING_RATE.recorder(meters, name, layer, "bound"));
        entropy =
                perLayer(
                        layers,
                        layer -> Metric.LAYER_MEMBERSHIP_ENTROPY.recorder(meters, name, layer));
        largest = CodingRate.bound(model.config().embedDim(), CodingRate.EPSILON_SQUARED);
        share = properties.share();
    }

    private interface OfLayer {
        DoubleConsumer recorder(String layer);
    }

    private static DoubleConsumer[] perLayer(int layers, OfLayer of) {
        return IntStream.range(0, layers)
                .mapToObj(layer -> of.recorder(Integer.toString(layer)))
                .toArray(DoubleConsumer[]::new);
    }

    /**
     * Records a prediction.
     *
     * @return the prediction with everything that is known of it here
     */
    public Prediction observed(Prediction prediction) {
        confidence.accept(prediction.confidence());
        LayerStatistics layers = prediction.layers();
        if (layers != null && (share == 1 || ThreadLocalRandom.current().nextDouble() < share)) {
            record(layers);
        }
        return prediction;
    }

    private void record(LayerStatistics layers) {
        for (int layer = 0; layer < layers.layers(); layer++) {
            codingRate[layer].accept(layers.codingRate()[layer]);
            bound[layer].accept(largest);
            entropy[layer].accept(layers.entropy()[layer]);
        }
    }
}
