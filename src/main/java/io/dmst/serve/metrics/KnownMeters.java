package io.dmst.serve.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one metric by the values of its labels: a registry would find them too, but only by
 * an identity that has to be made first, for every request anew. They are those of the registry
 * that was used last; a process has one.
 *
 * <p>Only for meters that are never removed. Safe for use by several threads.
 */
final class KnownMeters {

    private volatile Of known = new Of(null, Map.of());

    private record Of(@Nullable MeterRegistry registry, Map<List<String>, Object> meters) {}

    /**
     * The meter, made where it is not known.
     *
     * @param type of all meters of the metric
     */
    <M> M of(MeterRegistry registry, Class<M> type, Supplier<M> made, String... values) {
        Of now = known;
        if (now.registry() != registry) {
            now = new Of(registry, new ConcurrentHashMap<>());
            known = now;
        }
        List<String> key = List.of(values);
        Object meter = now.meters().get(key);
        if (meter == null) {
            meter = made.get();
            now.meters().put(key, meter);
        }
        return type.cast(meter);
    }
}
