package io.dmst.inference;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An expected refusal, as a value.
 *
 * @param code from the closed vocabulary
 * @param detail for users: what was expected, what came, what to do; never internals
 * @param retryAfter when to try again, where that makes sense
 */
public record Failure(FailureCode code, String detail, @Nullable Duration retryAfter)
        implements Outcome, Models.Selection, ModelShelf.Opening {

    /** A failure for which trying again later is no remedy. */
    public Failure(FailureCode code, String detail) {
        this(code, detail, null);
    }

    /** When to try again: as was said, or in a second where to wait is a remedy. */
    public Optional<Duration> tryAgain() {
        boolean passes = code == FailureCode.OVERLOADED || code == FailureCode.NOT_READY;
        return Optional.ofNullable(
                retryAfter == null && passes ? Duration.ofSeconds(1) : retryAfter);
    }
}
