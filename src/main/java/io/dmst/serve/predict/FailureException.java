package io.dmst.serve.predict;

import java.time.Duration;

/**
 * Ends a request with a {@link Failure}. Each protocol maps it to its own status by one table. It
 * carries no stack trace, since it reports a condition of the request and not of the program.
 */
public class FailureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.detail(), null, false, false);
        this.failure = failure;
    }

    /** A failure for which a retry is no remedy, unless its code says otherwise. */
    public FailureException(FailureCode code, String detail) {
        this(new Failure(code, detail));
    }

    /**
     * @param retryAfter when a retry may succeed
     */
    public FailureException(FailureCode code, String detail, Duration retryAfter) {
        this(new Failure(code, detail, retryAfter));
    }

    public Failure failure() {
        return failure;
    }
}
