package io.dmst.serve.gateway;

import java.time.Duration;

/**
 * Bounds what is tried again: in any {@value #SECONDS} seconds no more than a share of the requests
 * that came in them, and a few. So attempts stay below {@code 1 + share} of the requests while
 * nodes fail, and a purse that was never needed does not become a storm.
 *
 * <p>A node that dies takes with it what is on its way to it: by Little's law the rate times the
 * time of an answer. The window lets all of that be asked again, while an answer takes less than
 * {@code share × }{@value #SECONDS} seconds times the number of nodes.
 *
 * <p>Time is a parameter, as {@link System#nanoTime()}. Safe for use by several threads.
 */
final class RetryBudget {

    private static final int SECONDS = 10;
    private static final long SLOT = Duration.ofSeconds(1).toNanos();

    private final double share;
    private final int few;
    private final long[] requests = new long[SECONDS];
    private final long[] retries = new long[SECONDS];
    private long newest;
    private boolean begun;

    /**
     * @param share of the requests that may be tried again, in [0, 1]; 0 for none at all
     * @param few that may be tried again in a window however little came in it
     */
    RetryBudget(double share, int few) {
        this.share = share;
        this.few = few;
    }

    /** A request came. */
    synchronized void request(long now) {
        requests[slot(now)]++;
    }

    /** Whether one may be tried again now; whoever hears yes must do so. */
    synchronized boolean take(long now) {
        int slot = slot(now);
        if (share == 0 || sum(retries) + 1 > share * sum(requests) + few) {
            return false;
        }
        retries[slot]++;
        return true;
    }

    /** The slot of this second; those between it and the last one that was used are empty. */
    private int slot(long now) {
        long second = Math.floorDiv(now, SLOT);
        if (!begun) {
            begun = true;
            newest = second;
        }
        for (long s = Math.max(newest + 1, second - SECONDS + 1); s <= second; s++) {
            requests[Math.floorMod(s, SECONDS)] = 0;
            retries[Math.floorMod(s, SECONDS)] = 0;
        }
        newest = Math.max(newest, second);
        return Math.floorMod(newest, SECONDS);
    }

    private static long sum(long[] slots) {
        long sum = 0;
        for (long slot : slots) {
            sum += slot;
        }
        return sum;
    }
}
