package io.dmst.inference.batch;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.time.Duration;

/** What is said to a request that gets no prediction. */
final class Refusal {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final long SHORTEST = Duration.ofMillis(10).toNanos();
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();

    private Refusal() {}

    /**
     * @param backlog time after which there is room, ns
     */
    static Failure queueFull(double backlog) {
        return new Failure(
                FailureCode.OVERLOADED,
                "too many images are waiting; send this one again later",
                within(backlog));
    }

    /**
     * @param excess by which the answer would miss the deadline, ns
     */
    static Failure predictedLate(double excess) {
        return new Failure(
                FailureCode.OVERLOADED,
                "the answer would come after the request's deadline; send it again later, or allow"
                        + " more time",
                within(excess));
    }

    static Failure deadline() {
        return new Failure(
                FailureCode.DEADLINE_EXCEEDED,
                "the request's time was over before the model had answered");
    }

    static Failure notReady() {
        return new Failure(
                FailureCode.NOT_READY,
                "the model takes no requests at the moment; send this one again",
                SOON);
    }

    static Failure internal() {
        return new Failure(
                FailureCode.INTERNAL, "the model failed on this image; it is a fault of ours");
    }

    private static Duration within(double nanos) {
        return Duration.ofNanos((long) Math.clamp(nanos, SHORTEST, LONGEST));
    }
}
