package io.dmst.inference;

import java.time.Duration;

/**
 * Who goes first among requests that wait. Waiting raises a request: once it has waited as long as
 * its priority yields, no newcomer goes before it.
 */
public enum Priority {
    /** Yields to nobody. */
    HIGH(Duration.ZERO),
    /** What a request has that names none. */
    NORMAL(Duration.ofSeconds(1)),
    /** For work that nobody watches. */
    LOW(Duration.ofSeconds(5));

    private final Duration yields;

    Priority(Duration yields) {
        this.yields = yields;
    }

    /** How much later than this a request of {@link #HIGH} may come and still go first. */
    public Duration yields() {
        return yields;
    }
}
