package io.dmst.cli;

import io.dmst.lab.train.StopSignal;
import java.time.Duration;

/**
 * Stops a training when the process is asked to end, and lets it end only when the state is saved:
 * a process that ends while libtorch computes crashes.
 */
final class SignalHook implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Thread hook;

    SignalHook(StopSignal stop) {
        this.hook = new Thread(() -> await(stop), "stop-training");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static void await(StopSignal stop) {
        try {
            if (!stop.stop(PATIENCE)) {
                System.err.println(
                        "dmst: the training has not stopped within "
                                + PATIENCE.toMinutes()
                                + " minutes; the state of the last whole epoch is kept");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the process ends already, and the hook waits for what is done by now
        }
    }
}
