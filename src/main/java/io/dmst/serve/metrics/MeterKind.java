package io.dmst.serve.metrics;

import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** How a metric is recorded, and what Prometheus makes of it. */
enum MeterKind {
    COUNTER("counter", "", "_total", List.of("")),
    TIMER("histogram", "seconds", "_seconds", List.of("_bucket", "_count", "_sum", "_max")),
    BATCH("histogram", "images", "", List.of("_bucket", "_count", "_sum", "_max")),
    RATIO("histogram", "percent", "", List.of("_bucket", "_count", "_sum", "_max")),
    /** Count, sum and largest alone: their quotient is a mean over any time and any nodes. */
    MEAN("summary", "nats", "", List.of("_count", "_sum", "_max")),
    GAUGE("gauge", "", "", List.of("")),
    INFO("gauge", "", "", List.of(""));

    static final Duration[] LATENCIES =
            LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
                    .mapToObj(Duration::ofMillis)
                    .toArray(Duration[]::new);
    static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128};
    static final double[] PERCENT =
            DoubleStream.concat(
                            DoubleStream.of(1, 2),
                            DoubleStream.iterate(5, p -> p <= 100, p -> p + 5))
                    .toArray();

    private final String type;
    private final String unit;
    private final String suffix;
    private final List<String> parts;

    MeterKind(String type, String unit, String suffix, List<String> parts) {
        this.type = type;
        this.unit = unit;
        this.suffix = suffix;
        this.parts = parts;
    }

    /** As Prometheus calls it. */
    String type() {
        return type;
    }

    /** Of every metric of this kind; empty if there is none, or it is in the metric's name. */
    String unit() {
        return unit;
    }

    /** What Prometheus' conventions add to the name. */
    String suffix() {
        return suffix;
    }

    /** What the names of its series end with. */
    List<String> parts() {
        return parts;
    }
}
