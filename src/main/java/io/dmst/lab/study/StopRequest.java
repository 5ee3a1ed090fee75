package io.dmst.lab.study;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells a study to start nothing more and its processes to save what they have and end. It becomes
 * effective when {@link #raise} is called or a time is over. Thread-safe.
 */
public final class StopRequest {

    private final Set<ProcessHandle> processes = new HashSet<>();
    private final long deadline;
    private boolean raised;

    private StopRequest(long deadline) {
        this.deadline = deadline;
    }

    /** Never by itself. */
    public static StopRequest none() {
        return new StopRequest(Long.MAX_VALUE);
    }

    /** After a time from now, if somebody {@linkplain #await waits}. */
    public static StopRequest after(Duration time) {
        return new StopRequest(System.nanoTime() + time.toNanos());
    }

    /** Makes it effective. */
    public synchronized void raise() {
        raised = true;
        processes.forEach(ProcessHandle::destroy);
        notifyAll();
    }

    /** Whether it is effective. */
    public synchronized boolean isRaised() {
        return raised;
    }

    /** What is done while a process runs. */
    @FunctionalInterface
    interface Waiting {
        void run() throws InterruptedException;
    }

    /** Keeps a process in mind, so that it is asked to end too, until the waiting is over. */
    void during(ProcessHandle process, Waiting waiting) throws InterruptedException {
        synchronized (this) {
            processes.add(process);
            if (raised) {
                process.destroy();
            }
        }
        try {
            waiting.run();
        } finally {
            synchronized (this) {
                processes.remove(process);
            }
        }
    }

    /** Waits for a thread, and raises itself when its time is over. */
    void await(Thread thread) throws InterruptedException {
        while (thread.isAlive()) {
            if (deadline != Long.MAX_VALUE && System.nanoTime() - deadline >= 0) {
                raise();
            }
            thread.join(Duration.ofMillis(200));
        }
    }
}
