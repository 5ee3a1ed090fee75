package io.dmst.serve.predict;

/** The body of a request did not arrive in time; the rest of it is not read. */
public final class BodyTimeoutException extends FailureException {

    private static final long serialVersionUID = 1L;

    public BodyTimeoutException(Failure failure) {
        super(failure);
    }
}
