package io.dmst.serve.predict;

import io.dmst.core.math.CodingRate;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.Typicality;
import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model's predictions say about themselves: how usual each is, where the model has a
 * reference; and as metrics, confidence and typicality of every prediction, coding rates and
 * entropies of the layers and drift from a share of them.
 *
 * <p>The meters are looked up once; a prediction costs a few additions per layer. Safe for use by
 * several threads.
 */
public final class PredictionMetrics implements AutoCloseable {

    private final DoubleConsumer confidence;
    private final DoubleConsumer[] codingRate;
    private final DoubleConsumer[] bound;
    private final DoubleConsumer[] entropy;
    private final double largest;
    private final double share;
    private final @Nullable Typicality typicality;
    private final @Nullable DoubleConsumer typicalities;
    private final @Nullable DriftGauge drift;

    /**
     * @param model that predicts
     * @param meters receives the metrics
     */
    public PredictionMetrics(ServedModel model, MeterRegistry meters, DriftProperties properties) {
        String name = model.name();
        String version = model.version();
        int layers = model.config().depth();
        confidence = Metric.PREDICTION_CONFIDENCE.recorder(meters, name, version);
        codingRate =
                perLayer(
                        layers,
                        layer ->
                                Metric.LAYER_CODING_RATE.recorder(
                                        meters, name, version, layer, "compression_variational"));
        bound =
                perLayer(
                        layers,
                        layer ->
                                Metric.LAYER_CODING_RATE.recorder(
                                        meters, name, version, layer, "bound"));
        entropy =
                perLayer(
                        layers,
                        layer ->
                                Metric.LAYER_MEMBERSHIP_ENTROPY.recorder(
                                        meters, name, version, layer));
        largest = CodingRate.bound(model.config().embedDim(), CodingRate.EPSILON_SQUARED);
        share = properties.share();
        Reference reference = model.reference();
        typicality = reference == null ? null : new Typicality(reference);
        typicalities =
                typicality == null ? null : Metric.TYPICALITY.recorder(meters, name, version);
        drift =
                typicality == null || !properties.watched()
                        ? null
                        : new DriftGauge(model, typicality, properties, meters);
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
     * Judges a prediction and records it.
     *
     * @return the prediction with everything that is known of it here
     */
    public Prediction observed(Prediction prediction) {
        Prediction judged = judged(prediction);
        count(judged);
        return judged;
    }

    /** The prediction with its typicality, if the model has a reference; records nothing. */
    public Prediction judged(Prediction prediction) {
        LayerStatistics layers = prediction.layers();
        return layers == null || typicality == null
                ? prediction
                : prediction.typical(typicality.of(vector(layers, typicality)));
    }

    /**
     * Records a prediction, which must not be recorded twice.
     *
     * @param judged as {@link #judged} answered
     */
    public void count(Prediction judged) {
        confidence.accept(judged.confidence());
        Double howUsual = judged.typicality();
        if (howUsual != null && typicalities != null) {
            typicalities.accept(howUsual);
        }
        LayerStatistics layers = judged.layers();
        if (layers != null && (share == 1 || ThreadLocalRandom.current().nextDouble() < share)) {
            record(layers);
            if (drift != null && typicality != null && howUsual != null) {
                drift.add(vector(layers, typicality), howUsual);
            }
        }
    }

    /** Takes away what is shown of drift: a model that has gone must not go on to alarm. */
    @Override
    public void close() {
        if (drift != null) {
            drift.close();
        }
    }

    private static double[] vector(LayerStatistics layers, Typicality typicality) {
        return layers.vector(typicality.reference().components());
    }

    private void record(LayerStatistics layers) {
        for (int layer = 0; layer < layers.layers(); layer++) {
            codingRate[layer].accept(layers.codingRate()[layer]);
            bound[layer].accept(largest);
            entropy[layer].accept(layers.entropy()[layer]);
        }
    }
}
