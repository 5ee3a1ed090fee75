package io.dmst.pipeline;

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

    /** Gives back bytes that were reserved. */
    public void release(long bytes) {
        left.addAndGet(bytes);
    }
}
