package io.dmst.pipeline;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Counts the images that were let in by what came first, such as headers, and are still being sent.
 *
 * <p>They must be counted before they wait for anything here: where images come slower than they
 * are let in, nobody waits, everybody is let in, their bodies share a connection that is too narrow
 * for all of them, and so none comes in time. A pause of a tenth of a second brings an overloaded
 * server there, and it stays for many seconds.
 *
 * <p>A caller who sends nothing keeps the others away for two spells at most. Safe for use by
 * several threads.
 */
final class OnTheWay {

    private static final long SPELL = Duration.ofSeconds(1).toNanos();

    private final LongSupplier clock;

    /** Of the spell that there is now, and of the one before; in either's place by its parity. */
    private final int[] counts = new int[2];

    private long spell;

    /**
     * @param clock monotonic, ns
     */
    OnTheWay(LongSupplier clock) {
        this.clock = clock;
        this.spell = clock.getAsLong() / SPELL;
    }

    /** How many there are, but for those that have taken longer than a spell. */
    synchronized int count() {
        turn();
        return counts[0] + counts[1];
    }

    /**
     * Counts one more.
     *
     * @return to be run once, when it has come or never will
     */
    synchronized Runnable one() {
        turn();
        long since = spell;
        counts[(int) (since & 1)]++;
        return () -> over(since);
    }

    private synchronized void over(long since) {
        turn();
        if (spell - since <= 1) {
            counts[(int) (since & 1)]--;
        }
    }

    private void turn() {
        long now = clock.getAsLong() / SPELL;
        for (long next = Math.max(spell, now - 2) + 1; next <= now; next++) {
            counts[(int) (next & 1)] = 0;
        }
        spell = Math.max(spell, now);
    }
}
