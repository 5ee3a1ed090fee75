package io.dmst.serve.metrics;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The traces of requests, where tracing is on; the span of a whole request is the framework's.
 *
 * <p>Stages are told when they are over, with the times that were measured anyway, so that nothing
 * more is measured for a trace. What a gateway sends to a node, from whichever thread, finds its
 * trace by the request's id. Safe for use by several threads.
 */
@Component
public final class TraceRegistry {

    private final @Nullable Tracer tracer;
    private final @Nullable Propagator propagator;
    private final Map<String, TraceContext> open = new ConcurrentHashMap<>();

    public TraceRegistry(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
        this.tracer = tracer.getIfAvailable();
        this.propagator = propagator.getIfAvailable();
    }

    /** Whether requests are traced. */
    public boolean on() {
        return tracer != null;
    }

    /** The trace of the request that this thread answers; its span gets the request's id. */
    public RequestTrace begun(String requestId) {
        if (tracer == null) {
            return RequestTrace.NONE;
        }
        Span span = tracer.currentSpan();
        if (span == null) {
            return RequestTrace.NONE;
        }
        span.tag(LogKey.REQUEST_ID.key(), requestId);
        open.put(requestId, span.context());
        return new Open(tracer, requestId, span.context());
    }

    /** What tells a node which trace a request belongs to, by the names of headers. */
    public Map<String, String> headers(String requestId) {
        Map<String, String> headers = new HashMap<>();
        TraceContext context = open.get(requestId);
        if (context != null && propagator != null) {
            propagator.inject(context, headers, (carrier, key, value) -> headers.put(key, value));
        }
        return headers;
    }

    private final class Open implements RequestTrace {

        private final Tracer tracer;
        private final String requestId;
        private final TraceContext context;

        Open(Tracer tracer, String requestId, TraceContext context) {
            this.tracer = tracer;
            this.requestId = requestId;
            this.context = context;
        }

        @Override
        public void stage(String name, Duration took, Duration ago) {
            Instant end = Instant.now().minus(ago);
            tracer.spanBuilder()
                    .setParent(context)
                    .name(name)
                    .tag(LogKey.REQUEST_ID.key(), requestId)
                    .startTimestamp(nanos(end.minus(took)), TimeUnit.NANOSECONDS)
                    .start()
                    .end(nanos(end), TimeUnit.NANOSECONDS);
        }

        private static long nanos(Instant time) {
            return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
        }

        @Override
        public void end() {
            open.remove(requestId, context);
        }
    }
}
