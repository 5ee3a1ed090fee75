package io.dmst.bench;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Gives up what takes too long. One thread looks for it ten times a second; a time limit on every
 * read of a connection would have a virtual thread set a timer and unset it, which wakes a third
 * thread each time and took a tenth of the client's processor time. Thread-safe.
 */
final class Patience implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(100);

    /** Something that is waited for until it is closed. */
    final class Wait implements AutoCloseable {

        private final long until = System.nanoTime() + most.toNanos();
        private final Runnable giveUp;
        private boolean over;
        private boolean givenUp;

        private Wait(Runnable giveUp) {
            this.giveUp = giveUp;
        }

        private synchronized void look(long now) {
            if (!over && !givenUp && until - now <= 0) {
                givenUp = true;
                giveUp.run();
            }
        }

        /** Whether it took too long. */
        synchronized boolean givenUp() {
            return givenUp;
        }

        @Override
        public void close() {
            waits.remove(this);
            synchronized (this) {
                over = true;
            }
        }
    }

    private final Duration most;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("patience").daemon().factory());

    /**
     * @param most that anything may take
     */
    Patience(Duration most) {
        this.most = most;
        clock.scheduleWithFixedDelay(
                this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        long now = System.nanoTime();
        waits.forEach(wait -> wait.look(now));
    }

    /**
     * Begins to wait for something.
     *
     * @param giveUp ends it; must not throw
     */
    Wait begin(Runnable giveUp) {
        Wait wait = new Wait(giveUp);
        waits.add(wait);
        return wait;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
