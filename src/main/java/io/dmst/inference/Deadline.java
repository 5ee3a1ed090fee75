package io.dmst.inference;

import java.time.Duration;

/**
 * A point in time on this process's monotonic clock.
 *
 * @param nanoTime as {@link System#nanoTime()}
 * @param margin what a predicted time is multiplied with before it is held against it, at least 1
 */
public record Deadline(long nanoTime, double margin) {

    /**
     * The margin of newcomers: what was accepted is answered in time by a machine that has become
     * half as fast since. How much is computed does not depend on it, as long as somebody waits.
     */
    public static final double MARGIN = 2;

    private static final Duration LONGEST = Duration.ofDays(365);

    /** A newcomer's. */
    public Deadline(long nanoTime) {
        this(nanoTime, MARGIN);
    }

    /**
     * The same point for somebody who has been let in: they are refused only if the plain
     * prediction lies past it. The margin was for the time they have waited since.
     */
    public Deadline letIn() {
        return new Deadline(nanoTime, 1);
    }

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
