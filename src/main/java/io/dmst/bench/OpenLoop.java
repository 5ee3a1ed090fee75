package io.dmst.bench;

import io.dmst.scheduling.TimerSlack;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests at the times of their arrivals, whatever has become of the ones before, until the
 * window ends. Whoever sends late, such as a thread that was not woken in time, sends at once all
 * that should have been sent, and latencies count from when it should.
 */
final class OpenLoop {

    /**
     * What comes within this time of the last waking is sent at the next one, late by that much,
     * where the thread of the connection keeps the time: to wake for each of 21,000 requests a
     * second takes the server on the same processors more time than that.
     */
    private static final long GATHERED_NANOS = 100_000;

    private static final long OVER = -1;

    private final Flight flight;
    private final Arrivals arrivals;
    private final long begun;
    private final long until;
    private long intended;
    private volatile boolean stopped;

    /**
     * @param begun ns
     * @param until the window ends, ns
     */
    OpenLoop(Flight flight, Arrivals arrivals, long begun, long until) {
        this.flight = flight;
        this.arrivals = arrivals;
        this.begun = begun;
        this.until = until;
        this.intended = begun + arrivals.next();
    }

    /** Sends all of them from this thread. */
    void run() throws InterruptedException {
        TimerSlack.least();
        try {
            for (long pause = send(); pause != OVER; pause = send()) {
                Thread.sleep(Duration.ofNanos(pause));
            }
        } finally {
            TimerSlack.usual();
        }
    }

    /**
     * Sends all of them from the thread of the connection, which so needs no other to wake it: one
     * thread less that the server has to share the processors with.
     *
     * @param sender has one thread
     */
    void runIn(ScheduledExecutorService sender) throws InterruptedException {
        CompletableFuture<Void> over = new CompletableFuture<>();
        sender.execute(TimerSlack::least);
        sender.execute(() -> step(sender, over));
        try {
            over.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the sender failed", e.getCause());
        } finally {
            stopped = true;
            sender.execute(TimerSlack::usual);
        }
    }

    private void step(ScheduledExecutorService sender, CompletableFuture<Void> over) {
        try {
            long pause = stopped ? OVER : send();
            if (pause == OVER) {
                over.complete(null);
            } else {
                sender.schedule(
                        () -> step(sender, over),
                        Math.max(pause, GATHERED_NANOS),
                        TimeUnit.NANOSECONDS);
            }
        } catch (RuntimeException | Error e) {
            over.completeExceptionally(e);
        }
    }

    /**
     * Sends what is due.
     *
     * @return nanoseconds until the next one is, or {@link #OVER}
     */
    private long send() {
        long now = System.nanoTime();
        while (intended - now <= 0) {
            if (intended - until >= 0) {
                return OVER;
            }
            flight.launch(intended);
            intended = begun + arrivals.next();
        }
        return intended - now;
    }
}
