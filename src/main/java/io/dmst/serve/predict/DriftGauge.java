package io.dmst.serve.predict;

import io.dmst.core.typicality.DriftWindow;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.Typicality;
import io.dmst.core.typicality.Verdict;
import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether what a model sees is still like its data: shows the last window's verdict, and
 * writes to the log when it changes. What it shows goes with it. Safe for use by several threads.
 */
final class DriftGauge implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DriftGauge.class);

    private final String model;
    private final String version;
    private final MeterRegistry meters;
    private final DriftWindow window;
    private final String data;
    private final List<Runnable> shown;
    private volatile @Nullable Verdict last;

    DriftGauge(
            ServedModel model,
            Typicality typicality,
            DriftProperties properties,
            MeterRegistry meters) {
        Reference reference = typicality.reference();
        this.model = model.name();
        this.version = model.version();
        this.meters = meters;
        this.window = new DriftWindow(typicality, properties.window(), properties.falseAlarms());
        this.data = reference.origin().data();
        this.shown =
                List.of(
                        Metric.DRIFT.watch(meters, this::drift, this.model, version),
                        Metric.DRIFT_ALARM.watch(
                                meters, () -> alarming() ? 1 : 0, this.model, version));
    }

    private double drift() {
        Verdict verdict = last;
        return verdict == null ? 0 : verdict.drift();
    }

    private boolean alarming() {
        return drift() >= 1;
    }

    void add(double[] vector, double typicality) {
        Verdict verdict = window.add(vector, typicality);
        if (verdict != null) {
            show(verdict);
        }
    }

    private synchronized void show(Verdict verdict) {
        boolean before = alarming();
        last = verdict;
        Metric.DRIFT_WINDOWS.count(meters, model, version, verdict.alarm() ? "alarm" : "quiet");
        if (verdict.alarm() && !before) {
            log.warn(
                    "model {} {}: the last {} images are unlike {}: {} times what is tolerated;"
                            + " most of all the {}, by {} standard deviations",
                    model,
                    version,
                    verdict.images(),
                    data,
                    rounded(verdict.drift()),
                    verdict.moved(),
                    rounded(verdict.deviations()));
        } else if (before && !verdict.alarm()) {
            log.info(
                    "model {} {}: the last {} images are like {} again",
                    model,
                    version,
                    verdict.images(),
                    data);
        }
    }

    @Override
    public void close() {
        shown.forEach(Runnable::run);
    }

    private static String rounded(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }
}
