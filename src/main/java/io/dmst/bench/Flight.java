package io.dmst.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that are under way. Closing it gives up those that are left. Thread-safe.
 *
 * <p>Where the target needs a thread that waits for the answer there are as many virtual ones as it
 * sends requests at a time, and what comes meanwhile waits for them in the order of its coming: a
 * thread that has its answer sends the next one itself. Thousands of threads that waited for a
 * connection each cost a client so much that after a stall it left the server on the same
 * processors too little to recover.
 */
final class Flight implements AutoCloseable {

    /** How long after the last request its answer is waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What a request takes besides its image: its thread, buffers and headers. */
    private static final long OVERHEAD_BYTES = 1 << 16;

    /** What one takes that waits for its thread, rounded up. */
    private static final long WAITING_BYTES = 1 << 7;

    private static final int FILES_OF_THE_PROCESS = 256;

    private static final Duration LOOK = Duration.ofMillis(5);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong number = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final Queue<Long> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore idle;
    private final Target target;
    private final Photographs photographs;
    private final Recording recording;
    private final long capacity;
    private volatile boolean closed;

    Flight(Target target, Photographs photographs, Recording recording) {
        this(target, photographs, recording, capacity(target, photographs));
    }

    /**
     * @param capacity requests that there is room for
     */
    Flight(Target target, Photographs photographs, Recording recording, long capacity) {
        this.target = target;
        this.photographs = photographs;
        this.recording = recording;
        this.capacity = capacity;
        this.idle = new Semaphore(target.atATime());
    }

    /**
     * Half of the heap, and, unless the target has few connections, every file that this process
     * may open.
     */
    private static long capacity(Target target, Photographs photographs) {
        if (!target.begins() && target.atATime() < Integer.MAX_VALUE) {
            return Runtime.getRuntime().maxMemory() / 2 / WAITING_BYTES;
        }
        long all = photographs.files().stream().mapToLong(file -> file.length).sum();
        long each = all / photographs.files().size() + OVERHEAD_BYTES;
        long byMemory = Runtime.getRuntime().maxMemory() / 2 / each;
        long byFiles =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean system
                        ? system.getMaxFileDescriptorCount() - FILES_OF_THE_PROCESS
                        : Long.MAX_VALUE;
        return Math.max(1, Math.min(byMemory, byFiles));
    }

    /** Sends one request, if there is room, and does not wait. */
    void launch(long intended) {
        recording.planned(intended);
        if (underWay.incrementAndGet() > capacity) {
            underWay.decrementAndGet();
            recording.unsent(intended);
            return;
        }
        if (target.begins()) {
            long sent = System.nanoTime();
            target.begin(
                    next(),
                    answer -> {
                        recording.answered(intended, sent, System.nanoTime(), answer);
                        underWay.decrementAndGet();
                    });
        } else {
            waiting.add(intended);
            if (idle.tryAcquire()) {
                threads.execute(this::sendWaiting);
            }
        }
    }

    /** Sends what waits until nothing does. */
    private void sendWaiting() {
        try {
            do {
                try {
                    for (Long next = waiting.poll(); next != null; next = waiting.poll()) {
                        sendOne(next);
                    }
                } finally {
                    idle.release();
                }
                // whoever came after the last look found no idle thread
            } while (!waiting.isEmpty() && idle.tryAcquire());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendOne(long intended) throws InterruptedException {
        try {
            send(intended, System.nanoTime());
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** Sends one request after the other until the window ends. */
    void shuttle() {
        underWay.incrementAndGet();
        if (target.begins()) {
            goOn();
        } else {
            threads.execute(this::goOnInAThread);
        }
    }

    private void goOnInAThread() {
        try {
            long now = System.nanoTime();
            while (now - recording.until() < 0) {
                recording.planned(now);
                send(now, now);
                now = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            underWay.decrementAndGet();
        }
    }

    /**
     * Sends the next request of a user who waits without a thread. The answer may be there before
     * its sending returns: whichever of both comes second goes on, so that no stack grows.
     */
    private void goOn() {
        AtomicBoolean first;
        do {
            long now = System.nanoTime();
            if (closed || now - recording.until() >= 0) {
                underWay.decrementAndGet();
                return;
            }
            recording.planned(now);
            AtomicBoolean one = new AtomicBoolean();
            target.begin(
                    next(),
                    answer -> {
                        recording.answered(now, now, System.nanoTime(), answer);
                        if (!one.compareAndSet(false, true)) {
                            goOn();
                        }
                    });
            first = one;
        } while (!first.compareAndSet(false, true));
    }

    private byte[] next() {
        return photographs.file(number.getAndIncrement());
    }

    private void send(long intended, long sent) throws InterruptedException {
        Target.Answer answer = target.send(next());
        recording.answered(intended, sent, System.nanoTime(), answer);
    }

    /** Waits for the answers. */
    void land() throws InterruptedException {
        threads.shutdown();
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (underWay.get() > 0 && patience - System.nanoTime() > 0) {
            Thread.sleep(LOOK);
        }
        threads.shutdownNow();
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
    }
}
