package io.dmst.serve.predict;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request, or one image of several, has no answer.
 *
 * @param code from the closed vocabulary
 * @param detail for users: what was expected, what came, what to do; never internals
 * @param retryAfter when to try again, where that makes sense
 */
public record Failure(FailureCode code, String detail, @Nullable Duration retryAfter)
        implements Outcome {

    /** A failure for which a retry is no remedy, unless its code says otherwise. */
    public Failure(FailureCode code, String detail) {
        this(code, detail, null);
    }

    /** When a retry may succeed: as stated, or in a second for codes that pass with time. */
    public Optional<Duration> tryAgain() {
        boolean passes = code == FailureCode.OVERLOADED || code == FailureCode.NOT_READY;
        return Optional.ofNullable(
                retryAfter == null && passes ? Duration.ofSeconds(1) : retryAfter);
    }

    /** The request's time was over before its answer was complete. */
    public static Failure deadlinePassed() {
        return new Failure(
                FailureCode.DEADLINE_EXCEEDED,
                "the request's time was over before its answer was complete; allow more time");
    }

    /** The answer would be late. */
    public static Failure predictedLate(Duration retryAfter) {
        return new Failure(
                FailureCode.OVERLOADED,
                "the answer would come after the request's deadline; send it again later, or allow"
                        + " more time",
                retryAfter);
    }

    /** The model is being loaded, or the process is about to stop. */
    public static Failure notReady() {
        return new Failure(
                FailureCode.NOT_READY,
                "the model accepts no requests at the moment; send the request again",
                Duration.ofSeconds(1));
    }

    /** An internal error, of which the client is told no more. */
    public static Failure internal() {
        return new Failure(
                FailureCode.INTERNAL,
                "internal error; quote request_id when you contact the operator");
    }
}
