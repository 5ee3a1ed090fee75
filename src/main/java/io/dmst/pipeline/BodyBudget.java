package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Bounds the memory of all bodies that are read at a time; virtual threads put no bound on their
 * number. Safe for use by several threads.
 */
@Component
public class BodyBudget {

    private final AtomicLong left;

    BodyBudget(PipelineProperties properties) {
        left = new AtomicLong(properties.bodyMemory().toBytes());
    }

    /** Takes bytes out of the budget, or nothing if there are not as many. */
    public boolean reserve(long bytes) {
        long before = left.getAndUpdate(have -> have >= bytes ? have - bytes : have);
        return before >= bytes;
    }

    /** What is said where there are not as many. */
    public static Failure exhausted() {
        return new Failure(
                FailureCode.OVERLOADED,
                "too much is being uploaded at the moment; send the request again");
    }

    /** Gives back bytes that were reserved. */
    public void release(long bytes) {
        left.addAndGet(bytes);
    }
}
