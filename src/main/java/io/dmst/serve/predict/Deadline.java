package io.dmst.serve.predict;

import java.time.Duration;

/**
 * A point in time on this process's monotonic clock.
 *
 * @param nanoTime as {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /** The point after the given time, which is bounded by a year. */
    public static Deadline after(Duration time) {
        Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
        return new Deadline(System.nanoTime() + bounded.toNanos());
    }

    /** A deadline that never matters. */
    public static Deadline none() {
        return after(LONGEST);
    }

    /** Time until the deadline; zero once it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    public boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
