package io.dmst.serve.predict;

import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Shows which models this process serves, by itself or by its nodes, and whether they are ready.
 * One that is unloaded is shown no longer.
 */
@Component
class ModelsMetrics {

    private final Models models;
    private final MeterRegistry meters;
    private final Map<List<String>, Runnable> shown = new HashMap<>();

    ModelsMetrics(Models models, MeterRegistry meters) {
        this.models = models;
        this.meters = meters;
        models.whenChanged(this::show);
        show();
    }

    private synchronized void show() {
        Set<List<String>> gone = new HashSet<>(shown.keySet());
        for (ServedModel model : models.all()) {
            List<String> labels = List.of(model.name(), model.version(), model.digest());
            gone.remove(labels);
            shown.computeIfAbsent(labels, added -> shown(model));
        }
        gone.forEach(labels -> Objects.requireNonNull(shown.remove(labels)).run());
    }

    private Runnable shown(ServedModel model) {
        Runnable info =
                Metric.MODEL_INFO.show(meters, model.name(), model.version(), model.digest());
        Runnable ready =
                Metric.MODEL_READY.watch(
                        meters, () -> models.ready(model) ? 1 : 0, model.name(), model.version());
        return () -> {
            info.run();
            ready.run();
        };
    }
}
