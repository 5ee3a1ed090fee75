package io.dmst.serve.predict;

/**
 * Every way in which a request can fail, the same for all protocols; each protocol has one table
 * from these to its own statuses.
 */
public enum FailureCode {
    /** A parameter, a shape, JSON or the call itself is malformed. */
    INVALID_ARGUMENT("A parameter, a shape, JSON or the call itself is malformed"),
    /** The bytes are not a readable image: damaged, truncated, empty. */
    INVALID_IMAGE("The bytes are not a readable image: damaged, truncated or empty"),
    /** Not an image type that is supported. */
    UNSUPPORTED_MEDIA_TYPE("Not an image type that is supported"),
    /** Over the limit of bytes, pixels, images or side ratio. */
    TOO_LARGE("Over the limit of bytes, pixels, images or side ratio"),
    /** Who calls is not known. */
    UNAUTHENTICATED("Who calls is not known"),
    /** Who calls is known and may not do this. */
    FORBIDDEN("Who calls is known and may not do this"),
    /** No such model, or no such version of it. */
    UNKNOWN_MODEL("No such model, or no such version of it"),
    /** The queue is full, the rate is over its limit, or the answer would come too late. */
    OVERLOADED(
            "The queue is full, the rate is over its limit, or the answer would come too late;"
                    + " try again after Retry-After"),
    /** The request's time was over before its answer was there. */
    DEADLINE_EXCEEDED("The request's time was over before its answer was there"),
    /** The model is being loaded, or the process is about to stop. */
    NOT_READY(
            "The model is being loaded, or the process is about to stop;"
                    + " try again after Retry-After"),
    /** No inference node answers. */
    UPSTREAM_UNAVAILABLE("No inference node answers"),
    /** A fault of the service. */
    INTERNAL("A fault of the service; its log has the request id");

    private final String meaning;

    FailureCode(String meaning) {
        this.meaning = meaning;
    }

    /** When it happens, in one line for users. */
    public String meaning() {
        return meaning;
    }
}
