package io.dmst.rest;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Bounds the memory of all bodies that are read at a time; virtual threads put no bound on their
 * number. Safe for use by several threads.
 */
@Component
class BodyBudget {

    private final AtomicLong left;

    BodyBudget(RestProperties properties) {
        left = new AtomicLong(properties.bodyMemory().toBytes());
    }

    /** Takes bytes out of the budget, or nothing if there are not as many. */
    boolean reserve(long bytes) {
        long before = left.getAndUpdate(have -> have >= bytes ? have - bytes : have);
        return before >= bytes;
    }

    /** Gives back bytes that were reserved. */
    void release(long bytes) {
        left.addAndGet(bytes);
    }
}
