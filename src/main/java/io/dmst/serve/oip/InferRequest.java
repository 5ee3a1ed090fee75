package io.dmst.serve.oip;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came, whatever the wire; {@link Inference} holds it against the model.
 *
 * @param id that comes back
 * @param inputs tensors
 * @param outputs that are wanted; none for those that are computed anyway
 * @param className parameter {@code class}: label or number of the class that contributions are of;
 *     absent for the predicted one
 * @param allowed time for the whole request, counted from its arrival; absent for the default
 */
public record InferRequest(
        String id,
        List<InferInput> inputs,
        List<RequestedOutput> outputs,
        @Nullable String className,
        @Nullable Duration allowed) {

    /** Name of the parameter that bounds a request's time, in microseconds; 0 for no bound. */
    public static final String TIMEOUT = "timeout";

    public InferRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The shorter of two times, of which either may be absent. */
    public static @Nullable Duration shorter(@Nullable Duration a, @Nullable Duration b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** The time that a parameter {@link #TIMEOUT} allows; absent where it sets no bound. */
    public static @Nullable Duration timeout(long microseconds) {
        return microseconds <= 0 ? null : Duration.ofNanos(saturated(microseconds));
    }

    private static long saturated(long microseconds) {
        return microseconds > Long.MAX_VALUE / 1_000 ? Long.MAX_VALUE : microseconds * 1_000;
    }
}
