package io.dmst.inference.batch;

import io.dmst.inference.ServedModel;
import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** The metrics of one batcher. Safe for use by several threads. */
final class BatchMeters {

    private final MeterRegistry registry;
    private final ServedModel model;

    BatchMeters(MeterRegistry registry, ServedModel model) {
        this.registry = registry;
        this.model = model;
    }

    void shed(Shed reason) {
        Metric.SHED.count(registry, reason.label());
    }

    void rebuilt() {
        Metric.ENGINE_REBUILDS.count(registry, model.name());
    }

    /**
     * Shows the queue, until what it returns is run.
     *
     * @param waiting images
     * @param seconds that they are predicted to wait
     */
    Runnable queue(Supplier<Number> waiting, Supplier<Number> seconds) {
        Runnable hideDepth =
                Metric.QUEUE_DEPTH.watch(registry, waiting, model.name(), model.version());
        Runnable hideWait =
                Metric.QUEUE_WAIT.watch(registry, seconds, model.name(), model.version());
        return () -> {
            hideDepth.run();
            hideWait.run();
        };
    }
}
