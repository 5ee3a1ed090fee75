package io.dmst.inference.batch;

import io.dmst.scheduling.Turns;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Letters to something that one thread at a time owns, and a clock for it.
 *
 * <p>Whoever writes a letter becomes the owner if there is none, reads all letters and does what is
 * to be done then; if there is one, that one reads the letter before it goes (flat combining:
 * Hendler, Incze, Shavit and Tzafrir, 2010). So no thread must be woken to hear of a request, which
 * would cost more than all that is done with it. One thread of its own keeps the time, and sleeps
 * until there is something to do without a letter.
 *
 * <p>Safe for use by several threads; a letter may write letters.
 */
final class Mailbox {

    /** What is owned. Its methods are called by one thread at a time. */
    interface Owned {

        /**
         * Reads the letters and does what is to be done.
         *
         * @return nanoseconds until there is something to do without a letter
         */
        long turn();

        /** Whether this was the last turn. */
        boolean over();

        /** Ends; from now on letters are left unread. */
        void end();
    }

    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    /** Short beside most deadlines: a newcomer's then needs no earlier look at the clock. */
    private static final long LONGEST_SLEEP = Duration.ofSeconds(1).toNanos();

    /** Until the owner has finished, or a turn that failed is tried again. */
    private static final long SHORT_SLEEP = 200_000;

    private final Queue<Runnable> letters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean hasOwner = new AtomicBoolean();
    private final Owned owned;
    private final Thread clock;
    private volatile long due;

    /**
     * Not begun yet.
     *
     * @param name of the thread that keeps the time
     */
    Mailbox(String name, Owned owned) {
        this.owned = owned;
        this.clock = Thread.ofPlatform().name(name).daemon().unstarted(this::keepTime);
    }

    void begin() {
        due = System.nanoTime();
        clock.start();
    }

    /** Leaves a letter that can wait for the next one. */
    void leave(Runnable letter) {
        letters.add(letter);
    }

    /** Leaves a letter and sees to it that it is read. */
    void tell(Runnable letter) {
        letters.add(letter);
        readAll();
    }

    /** Sees to it that the letters are read: by this thread, or by the one that is at it. */
    void readAll() {
        while (!letters.isEmpty() && hasOwner.compareAndSet(false, true)) {
            try {
                long next = turn() + System.nanoTime();
                if (next - due < 0) {
                    due = next;
                    LockSupport.unpark(clock);
                }
            } finally {
                // before the letters are looked for again: whoever wrote one meanwhile relies on it
                hasOwner.set(false);
            }
        }
    }

    /** Whether all letters are read. */
    boolean empty() {
        return letters.isEmpty();
    }

    /** Lets there be a turn without a letter. */
    void wake() {
        LockSupport.unpark(clock);
    }

    /** Waits until it has ended. */
    void join(Duration atMost) throws InterruptedException {
        clock.join(atMost);
    }

    private long turn() {
        try {
            return Math.min(owned.turn(), LONGEST_SLEEP);
        } catch (RuntimeException e) {
            log.error("the queue stumbled; it goes on", e);
            return SHORT_SLEEP;
        }
    }

    /** Reads the letters; the owner may. */
    void read() {
        for (Runnable letter = letters.poll(); letter != null; letter = letters.poll()) {
            letter.run();
        }
    }

    private void keepTime() {
        Turns.skip();
        while (true) {
            if (hasOwner.compareAndSet(false, true)) {
                long pause = turn();
                due = System.nanoTime() + pause;
                if (owned.over()) {
                    break;
                }
                hasOwner.set(false);
                readAll();
                LockSupport.parkNanos(this, due - System.nanoTime());
            } else {
                LockSupport.parkNanos(this, SHORT_SLEEP);
            }
        }
        // who ends stays the owner, so that nobody goes on behind its back
        owned.end();
    }
}
