package io.dmst.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that are under way, each in a virtual thread. Closing it gives up those that are
 * left. Thread-safe.
 */
final class Flight implements AutoCloseable {

    /** How long after the last request its answer is waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What a request takes besides its image: its thread, buffers and headers. */
    private static final long OVERHEAD_BYTES = 1 << 16;

    private static final int FILES_OF_THE_PROCESS = 256;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong number = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final Target target;
    private final Photographs photographs;
    private final Recording recording;
    private final long capacity;

    Flight(Target target, Photographs photographs, Recording recording) {
        this(target, photographs, recording, capacity(photographs));
    }

    /**
     * @param capacity requests that there is room for
     */
    Flight(Target target, Photographs photographs, Recording recording, long capacity) {
        this.target = target;
        this.photographs = photographs;
        this.recording = recording;
        this.capacity = capacity;
    }

    /** Half of the heap, and every file that this process may open. */
    private static long capacity(Photographs photographs) {
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
        threads.execute(() -> {
            try {
                send(intended, System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                underWay.decrementAndGet();
            }
        });
    }

    /** Sends one request after the other until the window ends. */
    void shuttle() {
        threads.execute(() -> {
            try {
                long now = System.nanoTime();
                while (now - recording.until() < 0) {
                    recording.planned(now);
                    send(now, now);
                    now = System.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void send(long intended, long sent) throws InterruptedException {
        Target.Answer answer = target.send(photographs.file(number.getAndIncrement()));
        recording.answered(intended, sent, System.nanoTime(), answer);
    }

    /** Waits for the answers. */
    void land() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            threads.shutdownNow();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
