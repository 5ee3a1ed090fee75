package io.dmst.serve.local;

import io.dmst.core.engine.Engine;
import io.dmst.core.engine.ProbeValues;
import io.dmst.core.engine.SelfCheck;
import io.dmst.serve.batch.BatchKind;
import io.dmst.serve.batch.Computation;
import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.Timing;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine as the batcher sees it: from requests to outcomes. Safe for use by several threads. */
final class ModelComputation implements Computation {

    private static final Logger log = LoggerFactory.getLogger(ModelComputation.class);

    private final ServedModel model;
    private final Engine engine;
    private final SelfCheck check;
    private final PredictionMetrics predictions;
    private final MeterRegistry meters;
    private volatile int largestBatch = 1;

    /** Takes over the engine and closes it with itself. */
    ModelComputation(
            ServedModel model,
            Engine engine,
            SelfCheck check,
            PredictionMetrics predictions,
            MeterRegistry meters) {
        this.model = model;
        this.engine = engine;
        this.check = check;
        this.predictions = predictions;
        this.meters = meters;
    }

    @Override
    public int largestBatch() {
        return largestBatch;
    }

    @Override
    public PredictionRequest sample(BatchKind kind) {
        return new PredictionRequest(
                "calibration",
                new byte[model.pixelBytes()],
                switch (kind) {
                    case PLAIN -> Set.of();
                    case TRACED -> engine.probes();
                },
                Deadline.none());
    }

    @Override
    public void check() {
        largestBatch = check.run(engine);
    }

    @Override
    public List<Function<Timing, Outcome>> run(List<PredictionRequest> batch) {
        Set<String> probes = new HashSet<>();
        batch.forEach(request -> probes.addAll(request.probes()));
        List<Map<String, ProbeValues>> outputs =
                engine.run(batch.stream().map(PredictionRequest::pixels).toList(), probes);
        List<Function<Timing, Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            PredictionRequest request = batch.get(i);
            Map<String, ProbeValues> values = outputs.get(i);
            outcomes.add(timing -> outcome(request, values, timing));
        }
        return outcomes;
    }

    private Outcome outcome(
            PredictionRequest request, Map<String, ProbeValues> values, Timing timing) {
        Prediction prediction = PredictionAssembly.prediction(values, request.probes(), timing);
        record(timing);
        if (!finite(prediction.logits()) || !finite(prediction.probabilities())) {
            log.error(
                    "request {}: the model {} computed numbers that are not finite",
                    request.id(),
                    model.name());
            return Failure.internal();
        }
        return predictions.observed(prediction);
    }

    private void record(Timing timing) {
        Metric.STAGE.time(meters, timing.queue(), "queue");
        Metric.STAGE.time(meters, timing.compute(), "compute");
        Metric.BATCH_SIZE.record(meters, timing.batchSize());
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        engine.close();
    }
}
