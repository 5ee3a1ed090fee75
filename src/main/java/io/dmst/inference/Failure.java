package io.dmst.inference;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An expected refusal, as a value.
 *
 * @param code from the closed vocabulary
 * @param detail for users: what was expected, what came, what to do; never internals
 * @param retryAfter when to try again, where that makes sense
 */
public record Failure(FailureCode code, String detail, @Nullable Duration retryAfter)
        implements Outcome, Models.Selection {

    /** A failure for which trying again later is no remedy. */
    public Failure(FailureCode code, String detail) {
        this(code, detail, null);
    }
}
