package io.dmst.inference;

import java.time.Duration;

/**
 * A point in time on this process's monotonic clock.
 *
 * @param nanoTime as {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    /**
     * What a predicted time is multiplied with before it is held against a deadline: what was
     * accepted is answered in time by a machine that has become half as fast since. How much is
     * computed does not depend on it, as long as somebody waits.
     */
    public static final double MARGIN = 2;

    private static final Duration LONGEST = Duration.ofDays(365);

    /** The point that lies the given time ahead; a year at most. */
    public static Deadline after(Duration time) {
        Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
        return new Deadline(System.nanoTime() + bounded.toNanos());
    }

    /** A point so far ahead that it does not matter. */
    public static Deadline none() {
        return after(LONGEST);
    }

    /** The time until then; zero once it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** Whether it lies behind. */
    public boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
