package io.dmst.serve.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;

/**
 * Every metric of ours: its name, meaning and labels. Labels are bounded: a model's name only where
 * that model is served, never an id, a user or a class name.
 *
 * <p>Safe for use by several threads.
 */
public enum Metric {
    /**
     * Requests answered; {@code outcome} is {@code ok}, {@code cancelled} or the failure's code in
     * lower case.
     */
    REQUESTS(
            MeterKind.COUNTER,
            "dmst.requests",
            "Requests answered",
            "protocol",
            "operation",
            "model",
            "outcome"),
    /** Time from the request's arrival to its answer, in seconds. */
    REQUEST(
            MeterKind.TIMER,
            "dmst.request",
            "Time from a request's arrival to its answer",
            "protocol",
            "operation"),
    /** Time of one stage, in seconds; {@code stage} is decode, queue, compute or encode. */
    STAGE(MeterKind.TIMER, "dmst.stage", "Time that one image spends in a stage", "stage"),
    /** Images that the model computed together. */
    BATCH_SIZE(MeterKind.BATCH, "dmst.batch.size", "Images computed together"),
    /** Images that wait for a model. */
    QUEUE_DEPTH(
            MeterKind.GAUGE,
            "dmst.queue.depth",
            "Images that wait for a model",
            "model",
            "version"),
    /** Time until all images that wait now would be computed, in seconds, as the queue predicts. */
    QUEUE_WAIT(
            MeterKind.GAUGE,
            "dmst.queue.wait.seconds",
            "Predicted time until all images that wait now would be computed",
            "model",
            "version"),
    /**
     * Images that got no prediction and were not at fault; {@code reason} is queue_full,
     * predicted_late, deadline, cancelled or not_ready.
     */
    SHED(
            MeterKind.COUNTER,
            "dmst.shed",
            "Images that got no prediction by no fault of theirs",
            "reason"),
    /** Engines that failed their golden images and were built anew. */
    ENGINE_REBUILDS(
            MeterKind.COUNTER,
            "dmst.engine.rebuilds",
            "Engines that failed repeatedly and were built anew",
            "model"),
    /** Probability of the most likely class; in percent, since buckets hold whole numbers only. */
    PREDICTION_CONFIDENCE(
            MeterKind.RATIO,
            "dmst.prediction.confidence",
            "Probability of the most likely class, in percent",
            "model",
            "version"),
    /**
     * Coding rate of a layer in nats, of images; {@code term} is {@code compression_variational} or
     * {@code bound}, the largest that it can be.
     */
    LAYER_CODING_RATE(
            MeterKind.MEAN,
            "dmst.layer.coding.rate",
            "Coding rate of a layer in nats, unit tokens, eps2 = 0.01",
            "model",
            "version",
            "layer",
            "term"),
    /** Mean entropy of a token's membership in a layer, in nats. */
    LAYER_MEMBERSHIP_ENTROPY(
            MeterKind.MEAN,
            "dmst.layer.membership.entropy",
            "Mean entropy of a token's membership in a layer, in nats",
            "model",
            "version",
            "layer"),
    /** How usual images are for the model; in percent, as the confidence. */
    TYPICALITY(
            MeterKind.RATIO,
            "dmst.typicality",
            "How usual an image is for the model, in percent; 0 for one unlike its data",
            "model",
            "version"),
    /**
     * How far the last whole window of predictions lies from the model's reference, as a share of
     * what is tolerated: from 1 on, the window alarms. 0 before the first window has ended; absent
     * without a reference.
     */
    DRIFT(
            MeterKind.GAUGE,
            "dmst.drift",
            "Distance of the last window of images from the reference; from 1 on it is an alarm",
            "model",
            "version"),
    /** 1 while the last whole window alarmed, else 0; absent without a reference. */
    DRIFT_ALARM(
            MeterKind.GAUGE,
            "dmst.drift.alarm",
            "Whether the last window of images was unlike the reference",
            "model",
            "version"),
    /**
     * Windows that have ended, so that none is missed between two readings; {@code verdict} is
     * quiet or alarm.
     */
    DRIFT_WINDOWS(
            MeterKind.COUNTER,
            "dmst.drift.windows",
            "Windows of images compared with the reference",
            "model",
            "version",
            "verdict"),
    /**
     * Requests that a gateway sent to inference nodes; {@code reason} is first, retry (within the
     * budget), moved (away from a node that is about to stop) or hedge.
     */
    GATEWAY_ATTEMPTS(
            MeterKind.COUNTER,
            "dmst.gateway.attempts",
            "Requests sent to inference nodes, second tries included",
            "reason"),
    /**
     * Inference nodes that a gateway knows; {@code state} is serving, failing (it does not say that
     * it serves the model), tripped (it does, but the breaker keeps requests away from it) or
     * leaving.
     */
    GATEWAY_NODES(
            MeterKind.GAUGE,
            "dmst.gateway.nodes",
            "Inference nodes that the gateway knows",
            "state"),
    /** 1 while the model would take a request, else 0. */
    MODEL_READY(
            MeterKind.GAUGE,
            "dmst.model.ready",
            "Whether the model would take a request",
            "model",
            "version"),
    /**
     * Memory of the process in bytes; {@code kind} is resident, what it has in memory, the native
     * engine included, or limit, what its container or else the machine has. No resident where the
     * system does not tell.
     */
    PROCESS_MEMORY(
            MeterKind.GAUGE,
            "dmst.process.memory.bytes",
            "Memory that the process has, and the most that it can have",
            "kind"),
    /**
     * Constantly 1; its labels say what computes a model here. {@code device} is cpu, cuda:0, or
     * cpu-fallback where a build for GPUs has found none that computes.
     */
    ENGINE_INFO(
            MeterKind.INFO,
            "dmst.engine.info",
            "What computes the models in this process",
            "model",
            "version",
            "engine",
            "device",
            "precision"),
    /** Constantly 1; its labels say which model is served. */
    MODEL_INFO(
            MeterKind.INFO,
            "dmst.model.info",
            "The models that are served",
            "model",
            "version",
            "digest");

    private static final Set<String> UNITS = Set.of("seconds", "bytes");

    private final MeterKind kind;
    private final String id;
    private final String meaning;
    private final List<String> labels;
    private final KnownMeters known = new KnownMeters();

    Metric(MeterKind kind, String id, String meaning, String... labels) {
        this.kind = kind;
        this.id = id;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /** Name as Prometheus shows it, without the suffixes of a histogram. */
    public String prometheusName() {
        return id.replace('.', '_') + kind.suffix();
    }

    /** Names of the series that Prometheus stores of it. */
    public List<String> series() {
        return kind.parts().stream().map(part -> prometheusName() + part).toList();
    }

    /** What it is to Prometheus: counter, gauge, histogram or summary. */
    public String type() {
        return kind.type();
    }

    /** Unit of its values; empty for a number of things. */
    public String unit() {
        String word = id.substring(id.lastIndexOf('.') + 1);
        return kind == MeterKind.GAUGE && UNITS.contains(word) ? word : kind.unit();
    }

    /** Name in the registry. */
    public String id() {
        return id;
    }

    /** What it measures, in one line. */
    public String meaning() {
        return meaning;
    }

    /** Keys of its labels, in the order in which the recording methods take their values. */
    public List<String> labels() {
        return labels;
    }

    /**
     * Counts one.
     *
     * @param values of the labels, in their order
     */
    public void count(MeterRegistry registry, String... values) {
        expect(kind == MeterKind.COUNTER);
        known.of(
                        registry,
                        Counter.class,
                        () ->
                                Counter.builder(id)
                                        .description(meaning)
                                        .tags(tags(values))
                                        .register(registry),
                        values)
                .increment();
    }

    /**
     * Records a duration.
     *
     * @param values of the labels, in their order
     */
    public void time(MeterRegistry registry, Duration duration, String... values) {
        expect(kind == MeterKind.TIMER);
        known.of(
                        registry,
                        Timer.class,
                        () ->
                                Timer.builder(id)
                                        .description(meaning)
                                        .tags(tags(values))
                                        .serviceLevelObjectives(MeterKind.LATENCIES)
                                        .register(registry),
                        values)
                .record(duration);
    }

    /**
     * Records a number, as {@link #recorder} does.
     *
     * @param values of the labels, in their order
     */
    public void record(MeterRegistry registry, double number, String... values) {
        known.of(registry, DoubleConsumer.class, () -> recorder(registry, values), values)
                .accept(number);
    }

    /**
     * What records numbers under the same labels, for callers that record often: images for {@link
     * #BATCH_SIZE}, a share in [0, 1] for what is shown in percent, else the number itself.
     *
     * @param values of the labels, in their order
     */
    public DoubleConsumer recorder(MeterRegistry registry, String... values) {
        DistributionSummary.Builder summary =
                DistributionSummary.builder(id).description(meaning).tags(tags(values));
        return switch (kind) {
            case BATCH ->
                    summary.serviceLevelObjectives(MeterKind.BATCHES).register(registry)::record;
            case MEAN -> summary.register(registry)::record;
            case RATIO -> {
                DistributionSummary percent =
                        summary.serviceLevelObjectives(MeterKind.PERCENT).register(registry);
                yield share -> percent.record(100 * share);
            }
            case COUNTER, TIMER, GAUGE, INFO ->
                    throw new IllegalStateException(
                            this + " is a " + kind + " and is not recorded so");
        };
    }

    /**
     * Shows a fact, until told to stop.
     *
     * @param values of the labels, in their order
     * @return takes it away; harmless when repeated
     */
    public Runnable show(MeterRegistry registry, String... values) {
        expect(kind == MeterKind.INFO);
        Gauge gauge =
                Gauge.builder(id, () -> 1)
                        .description(meaning)
                        .tags(tags(values))
                        .register(registry);
        return () -> registry.remove(gauge);
    }

    /**
     * Shows a number that changes, until told to stop. Of two with the same labels the newer one is
     * shown.
     *
     * @param number is asked whenever the metrics are read
     * @param values of the labels, in their order
     * @return takes it away; harmless when repeated
     */
    public Runnable watch(MeterRegistry registry, Supplier<Number> number, String... values) {
        expect(kind == MeterKind.GAUGE);
        Gauge former = registry.find(id).tags(tags(values)).gauge();
        if (former != null) {
            registry.remove(former);
        }
        Gauge gauge =
                Gauge.builder(id, number)
                        .description(meaning)
                        .tags(tags(values))
                        .register(registry);
        return () -> {
            if (registry.find(id).tags(tags(values)).gauge() == gauge) {
                registry.remove(gauge);
            }
        };
    }

    private void expect(boolean fits) {
        if (!fits) {
            throw new IllegalStateException(this + " is a " + kind + " and is not recorded so");
        }
    }

    private List<Tag> tags(String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(this + " needs values for " + labels);
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(labels.get(i), values[i]));
        }
        return tags;
    }
}
