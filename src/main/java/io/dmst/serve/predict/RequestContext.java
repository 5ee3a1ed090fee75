package io.dmst.serve.predict;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Identity of one request while it is answered; what is measured of it goes to its recorder.
 *
 * @param protocol value of the metrics' label
 * @param requestId the client's where it is safe in a log and a header, else a generated one
 * @param path or method that was called
 * @param startedNanos arrival, as {@link System#nanoTime()}
 * @param recorder of this request alone
 */
public record RequestContext(
        String protocol,
        String requestId,
        String path,
        long startedNanos,
        RequestRecorder recorder) {

    /** A request that has just arrived. */
    public static RequestContext start(String protocol, @Nullable String givenId, String path) {
        return new RequestContext(
                protocol,
                RequestId.of(givenId),
                path,
                System.nanoTime(),
                new RequestRecorder(protocol));
    }

    /** Time since its arrival. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }
}
