package io.dmst.lab.train;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells a training to end before its last step: when its time is over, or when the process is asked
 * to end. Thread-safe.
 */
public final class StopSignal {

    private final BooleanSupplier condition;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean asked;

    private StopSignal(BooleanSupplier condition) {
        this.condition = condition;
    }

    /** Never stops by itself. */
    public static StopSignal none() {
        return new StopSignal(() -> false);
    }

    /** Stops a while from now. */
    public static StopSignal after(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        return new StopSignal(() -> System.nanoTime() - deadline >= 0);
    }

    /** Stops when a condition holds, which is asked before each batch. */
    static StopSignal when(BooleanSupplier condition) {
        return new StopSignal(condition);
    }

    /**
     * Asks the training to stop, and waits until its state is saved.
     *
     * @param patience the longest wait
     * @return whether it has stopped
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean stop(Duration patience) throws InterruptedException {
        asked = true;
        return stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the training should save its state and end. */
    boolean raised() {
        return asked || condition.getAsBoolean();
    }

    /**
     * Ends a preparation that can be resumed.
     *
     * @throws TrainingStopped if the training should end
     */
    void check() throws TrainingStopped {
        if (raised()) {
            throw new TrainingStopped();
        }
    }

    /** Says that nothing runs any more. */
    void settle() {
        stopped.countDown();
    }
}
