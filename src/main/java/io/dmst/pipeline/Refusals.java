package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.time.Duration;

/** What is said where a wait is broken off. */
final class Refusals {

    private Refusals() {}

    static Failure tooLate() {
        return new Failure(
                FailureCode.DEADLINE_EXCEEDED,
                "the request's time was over before its answer was there; allow more");
    }

    /**
     * @param excess by which the answer would miss the deadline
     */
    static Failure predictedLate(Duration excess) {
        return new Failure(
                FailureCode.OVERLOADED,
                "the answer would come after the request's deadline; send it again later, or allow"
                        + " more time",
                excess);
    }

    /** For the log at most: the caller has closed the connection. */
    static Failure nobody() {
        return new Failure(
                FailureCode.DEADLINE_EXCEEDED,
                "the connection was closed before the answer was there");
    }

    static Failure stopping() {
        return new Failure(
                FailureCode.NOT_READY, "the service is stopping; send the request again");
    }
}
