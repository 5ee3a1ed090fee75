package io.dmst.inference;

import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/**
 * Shows which models this process serves, by itself or by its nodes, and whether they are ready.
 */
@Component
class ModelsMetrics {

    ModelsMetrics(Models models, MeterRegistry meters) {
        for (ServedModel model : models.all()) {
            Metric.MODEL_INFO.show(meters, model.name(), model.version(), model.digest());
            Metric.MODEL_READY.watch(
                    meters, () -> models.ready(model) ? 1 : 0, model.name(), model.version());
        }
    }
}
