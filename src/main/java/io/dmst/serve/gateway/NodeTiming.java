package io.dmst.serve.gateway;

import io.dmst.serve.predict.Timing;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where an image's time went, as the node says it, or as it looks from here. */
final class NodeTiming {

    private static final Metadata.Key<String> SERVER_TIMING = key("server-timing");
    private static final Metadata.Key<String> BATCH_SIZE = key("x-batch-size");
    private static final Pattern COMPUTE = Pattern.compile("compute;dur=(\\d{1,9}\\.?\\d{0,9})");

    private NodeTiming() {}

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /**
     * The computation is the node's; everything else that the answer took, the way there and back
     * included, counts as waiting.
     *
     * @param nanos from sending to the answer
     */
    static Timing of(Metadata trailers, long nanos) {
        long compute = Math.min(nanos, compute(trailers.get(SERVER_TIMING), nanos));
        String batch = trailers.get(BATCH_SIZE);
        return new Timing(
                Duration.ofNanos(nanos - compute),
                Duration.ofNanos(compute),
                batch != null && batch.matches("[1-9]\\d{0,5}") ? Integer.parseInt(batch) : 1);
    }

    private static long compute(@Nullable String timing, long otherwise) {
        Matcher found = COMPUTE.matcher(timing == null ? "" : timing);
        return found.find() ? (long) (Double.parseDouble(found.group(1)) * 1e6) : otherwise;
    }
}
