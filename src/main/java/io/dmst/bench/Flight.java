package io.dmst.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that are under way. Closing it gives up those that are left. Thread-safe.
 *
 * <p>Where the target sends a bounded number at a time, what comes meanwhile waits in the order of
 * its coming.
 */
final class Flight implements AutoCloseable {

    /** How long after the last request its answer is waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What a request takes besides its image: buffers and headers. */
    private static final long OVERHEAD_BYTES = 1 << 16;

    /** What one takes that waits to be sent, rounded up. */
    private static final long WAITING_BYTES = 1 << 7;

    private static final int FILES_OF_THE_PROCESS = 256;

    private static final Duration LOOK = Duration.ofMillis(5);

    private final AtomicLong number = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final Queue<Long> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final AtomicInteger lookers = new AtomicInteger();
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
        this.room = new Semaphore(target.atATime());
    }

    /**
     * Half of the heap, and, unless the target has few connections, every file that this process
     * may open.
     */
    private static long capacity(Target target, Photographs photographs) {
        if (target.atATime() < Integer.MAX_VALUE) {
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
        waiting.add(intended);
        sendWaiting();
    }

    /**
     * Sends what waits for as long as there is room. An answer may be there before its sending
     * returns, and a second thread may come meanwhile: whoever is here already looks once more for
     * them, so that no stack grows and the order is kept.
     */
    private void sendWaiting() {
        if (lookers.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = lookers.get();
            while (!closed && !waiting.isEmpty() && room.tryAcquire()) {
                sendOne(waiting.remove());
            }
        } while (lookers.addAndGet(-seen) > 0);
    }

    private void sendOne(long intended) {
        long sent = System.nanoTime();
        target.begin(
                next(),
                answer -> {
                    recording.answered(intended, sent, System.nanoTime(), answer);
                    underWay.decrementAndGet();
                    room.release();
                    sendWaiting();
                });
    }

    /** Sends one request after the other until the window ends. */
    void shuttle() {
        underWay.incrementAndGet();
        goOn();
    }

    /**
     * Sends the next request of a user. The answer may be there before its sending returns:
     * whichever of both comes second goes on, so that no stack grows.
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

    /** Waits for the answers. */
    void land() throws InterruptedException {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (underWay.get() > 0 && patience - System.nanoTime() > 0) {
            Thread.sleep(LOOK);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
