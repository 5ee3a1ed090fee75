package io.dmst.pipeline;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a part of an answer, but not past the deadline and not for a caller who has gone; what
 * nobody waits for any more is cancelled.
 */
final class Waiting {

    /** How often one looks for the caller where nothing else tells that they have gone. */
    private static final long LOOK = Duration.ofMillis(50).toNanos();

    private Waiting() {}

    /**
     * The result, or why it is not waited for.
     *
     * @param interrupt whether who works on it is interrupted
     * @throws ExecutionException if the work failed
     */
    static <T> Checked<T> result(Future<T> pending, Call call, boolean interrupt)
            throws ExecutionException {
        boolean look = call.exchange().mustLook();
        try {
            while (!call.exchange().hasLeft()) {
                long left = call.deadline().remaining().toNanos();
                try {
                    return Checked.accepted(
                            pending.get(look ? Math.min(left, LOOK) : left, TimeUnit.NANOSECONDS));
                } catch (TimeoutException e) {
                    if (call.deadline().passed()) {
                        pending.cancel(interrupt);
                        return new Checked.Refused<>(Refusals.tooLate());
                    }
                    if (look) {
                        call.exchange().look();
                    }
                }
            }
        } catch (InterruptedException e) {
            pending.cancel(interrupt);
            Thread.currentThread().interrupt();
            return new Checked.Refused<>(Refusals.stopping());
        }
        pending.cancel(interrupt);
        return new Checked.Refused<>(Refusals.nobody());
    }
}
