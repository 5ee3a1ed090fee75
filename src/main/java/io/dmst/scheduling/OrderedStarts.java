package io.dmst.scheduling;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives each request a virtual thread, in the order in which they come.
 *
 * <p>The scheduler of virtual threads has several queues and goes on with one of them for as long
 * as it is not empty: where requests come faster than they are handled, some wait a hundred times
 * as long as others. So no more threads begin at a time than keep the processors busy. A thread
 * counts from its start until it says that it {@link #waits}, or ends, or has run for {@code
 * LONGEST}: it waits for something else then, such as a body that comes slowly. What waits for its
 * start costs a few words of memory.
 *
 * <p>Safe for use by several threads.
 */
public final class OrderedStarts implements Executor {

    /** Of threads on a processor; with too few it would idle while one thread wakes another. */
    private static final int PER_PROCESSOR = 4;

    private static final Duration LONGEST = Duration.ofMillis(10);

    private static final ScopedValue<Start> STARTED = ScopedValue.newInstance();

    private final Queue<Start> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Start> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor watch;
    private final ThreadFactory threads;
    private final Semaphore room;
    private final long longest;

    /**
     * For as many processors as there are.
     *
     * @param name begins the names of the threads
     */
    public OrderedStarts(String name) {
        this(name, PER_PROCESSOR * Runtime.getRuntime().availableProcessors(), LONGEST);
    }

    /**
     * @param atATime threads that run before the next one starts
     * @param longest after which a thread counts as one that waits
     */
    OrderedStarts(String name, int atATime, Duration longest) {
        this.threads = Thread.ofVirtual().name(name, 0).factory();
        this.room = new Semaphore(atATime);
        this.longest = longest.toNanos();
        this.watch =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name(name + "order").daemon().factory());
        // nobody closes this: its thread ends where there is no use for it
        watch.setKeepAliveTime(1, TimeUnit.SECONDS);
        watch.allowCoreThreadTimeOut(true);
    }

    /** Runs a task in a thread of its own, after those that came before; returns at once. */
    @Override
    public void execute(Runnable task) {
        waiting.add(new Start(task));
        begin();
    }

    /** This thread is about to wait, and another may begin; nothing where no start was ordered. */
    public static void waits() {
        if (STARTED.isBound()) {
            STARTED.get().over();
        }
    }

    /**
     * When what this thread does came, as {@link System#nanoTime} counts: what came first with the
     * task's coming, what it does afterwards, and all else, now.
     */
    public static long came() {
        long now = System.nanoTime();
        return STARTED.isBound() ? STARTED.get().came(now) : now;
    }

    private void begin() {
        while (!waiting.isEmpty()) {
            if (!room.tryAcquire()) {
                watch();
                return;
            }
            Start next = waiting.poll();
            if (next == null) {
                room.release();
            } else {
                next.begun = System.nanoTime();
                running.add(next);
                threads.newThread(next).start();
            }
        }
    }

    /** While somebody waits for a start, since those who run might never say that they wait. */
    private void watch() {
        if (!watched.getAndSet(true)) {
            watch.schedule(this::look, longest, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        watched.set(false);
        long now = System.nanoTime();
        for (Start start : running) {
            if (now - start.begun >= longest) {
                start.over();
            }
        }
        begin();
    }

    /** A task from its coming to its end. */
    private final class Start implements Runnable {

        private final Runnable task;
        private final long came = System.nanoTime();
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile long begun = came;

        /** Of its own thread alone. */
        private boolean asked;

        Start(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                ScopedValue.where(STARTED, this).run(task);
            } finally {
                over();
            }
        }

        void over() {
            if (!over.getAndSet(true)) {
                running.remove(this);
                room.release();
                begin();
            }
        }

        long came(long now) {
            boolean first = !asked;
            asked = true;
            return first ? came : now;
        }
    }
}
