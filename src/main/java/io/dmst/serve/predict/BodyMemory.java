package io.dmst.serve.predict;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Bounds the memory of all request bodies, and the time that a client may take to send one.
 *
 * <p>A body is charged for the bytes that have arrived. Reading ends at the request's deadline, and
 * where the mean rate of a body falls below the least rate. Where too many bodies are unfinished,
 * or they hold too much memory, the slowest unfinished one is ended, so that a new request is not
 * refused for the sake of clients that hardly send. Only where finished bodies fill the memory is a
 * growing one refused.
 *
 * <p>Safe for use by several threads; a {@link Body} is used by one.
 */
@Component
public class BodyMemory {

    /** Age of a body from which on its rate is judged. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private final long most;
    private final int mostUnfinished;
    private final long leastRate;
    private final LongSupplier clock;
    private final Set<Body> unfinished = new HashSet<>();
    private long held;

    @Autowired
    BodyMemory(RequestProperties properties) {
        this(properties, System::nanoTime);
    }

    /**
     * @param clock in nanoseconds
     */
    BodyMemory(RequestProperties properties, LongSupplier clock) {
        this.most = properties.bodyMemory().toBytes();
        this.mostUnfinished = properties.unfinishedBodies();
        this.leastRate = properties.leastRate().toBytes();
        this.clock = clock;
    }

    /** A body that is about to be read, to be closed when its request is finished. */
    public synchronized Body open(Deadline deadline) {
        Body body = new Body(deadline, clock.getAsLong());
        unfinished.add(body);
        if (unfinished.size() > mostUnfinished) {
            slowest(body).ifPresent(this::endSlow);
        }
        return body;
    }

    /** Ends every unfinished body, as the process is about to stop. */
    public synchronized void endUnfinished() {
        unfinished.forEach(body -> body.ended = Failure.notReady());
    }

    /** Bytes that all bodies hold. */
    public synchronized long held() {
        return held;
    }

    private Optional<Body> slowest(Body except) {
        long now = clock.getAsLong();
        return unfinished.stream()
                .filter(body -> body != except && body.ended == null)
                .min(Comparator.comparingDouble(body -> body.rate(now)));
    }

    private void endSlow(Body body) {
        body.ended =
                new Failure(
                        FailureCode.DEADLINE_EXCEEDED,
                        "the body arrived too slowly while too many others were being sent; send"
                                + " the request again");
        // its reader may be waiting for the next bytes; the memory is counted as free at once
        held -= body.bytes;
        body.bytes = 0;
    }

    /** The memory of one body. */
    public final class Body implements AutoCloseable {

        private final Deadline deadline;
        private final long started;
        private long bytes;
        private @Nullable Failure ended;

        private Body(Deadline deadline, long started) {
            this.deadline = deadline;
            this.started = started;
        }

        /**
         * Charges bytes that have arrived.
         *
         * @throws BodyTimeoutException if the body took too long or was too slow
         * @throws FailureException of {@link FailureCode#OVERLOADED} if there is no memory for it,
         *     of {@link FailureCode#NOT_READY} if the process is about to stop
         */
        public void received(long arrived) {
            synchronized (BodyMemory.this) {
                check();
                while (held + arrived > most) {
                    Body slowest = slowest(this).orElse(null);
                    if (slowest == null || slowest.bytes == 0) {
                        throw new FailureException(
                                FailureCode.OVERLOADED,
                                "too much is being uploaded at the moment; send the request again");
                    }
                    endSlow(slowest);
                }
                held += arrived;
                bytes += arrived;
            }
        }

        private void check() {
            long now = clock.getAsLong();
            if (ended != null) {
                throw ended.code() == FailureCode.NOT_READY
                        ? new FailureException(ended)
                        : new BodyTimeoutException(ended);
            }
            if (deadline.nanoTime() - now <= 0) {
                throw new BodyTimeoutException(
                        new Failure(
                                FailureCode.DEADLINE_EXCEEDED,
                                "the body was not complete at the request's deadline; send it"
                                        + " faster, or allow more time"));
            }
            if (now - started > GRACE.toNanos() && rate(now) < leastRate) {
                throw new BodyTimeoutException(
                        new Failure(
                                FailureCode.DEADLINE_EXCEEDED,
                                "the body arrived at less than %d bytes a second"
                                        .formatted(leastRate)));
            }
        }

        /** Mean bytes a second. */
        private double rate(long now) {
            return bytes * 1e9 / Math.max(1, now - started);
        }

        /** The body has arrived; its memory stays charged until it is closed. */
        public void complete() {
            synchronized (BodyMemory.this) {
                unfinished.remove(this);
            }
        }

        @Override
        public void close() {
            synchronized (BodyMemory.this) {
                unfinished.remove(this);
                held -= bytes;
                bytes = 0;
            }
        }
    }
}
