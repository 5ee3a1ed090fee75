package io.dmst.serve.predict;

import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Decides whether a request is accepted, before its body is read and once it has arrived.
 *
 * <p>The predicted finish of a request is the time that this process takes for one image, measured
 * from answer to answer while it is busy, times the images in flight and the new one. The request
 * is refused if twice that time passes its deadline: what is accepted is then still in time on a
 * machine that becomes half as fast meanwhile. A request is never refused for its predicted finish
 * while nothing is in flight, so a wrong prediction is corrected by the next answer. No more images
 * are in flight than the queue's bound.
 *
 * <p>Safe for use by several threads.
 */
@Component
public class Admission {

    private static final double MARGIN = 2;

    /** Factor by which former answers weigh less with each new one. */
    private static final double DECAY = 0.995;

    /**
     * The time since the last answer counts as at most so many means, so that a stall changes
     * little.
     */
    private static final double OUTLIER = 100;

    private static final Duration SHORTEST_RETRY = Duration.ofMillis(10);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final int most;
    private final LongSupplier clock;
    private final MeterRegistry meters;
    private int inFlight;
    private long lastFinish;
    private double time;
    private double answers;
    private double mean;

    @Autowired
    Admission(BatchProperties properties, MeterRegistry meters) {
        this(properties.queue(), System::nanoTime, meters);
    }

    /**
     * @param most images in flight
     * @param clock in nanoseconds
     */
    Admission(int most, LongSupplier clock, MeterRegistry meters) {
        this.most = most;
        this.clock = clock;
        this.meters = meters;
        this.lastFinish = clock.getAsLong();
    }

    /**
     * Checks whether a request that is about to send one image is accepted.
     *
     * @throws FailureException of {@link FailureCode#OVERLOADED} or {@link
     *     FailureCode#DEADLINE_EXCEEDED}; counted as shed
     */
    public synchronized void check(Deadline deadline) {
        check(1, deadline);
    }

    private void check(int images, Deadline deadline) {
        long left = deadline.nanoTime() - clock.getAsLong();
        if (left <= 0) {
            throw shed("deadline", Failure.deadlinePassed());
        }
        if (inFlight > 0 && inFlight + images > most) {
            throw shed("queue_full", queueFull());
        }
        double finish = MARGIN * mean * (inFlight + images);
        if (inFlight > 0 && finish > left) {
            throw shed("predicted_late", Failure.predictedLate(retry(finish - left)));
        }
    }

    /**
     * Counts images whose bytes have arrived as in flight, until the result is closed. The same
     * check is made again: others may have arrived while the body was read.
     *
     * @throws FailureException as {@link #check(Deadline)}
     */
    synchronized InFlight enter(int images, Deadline deadline) {
        check(images, deadline);
        inFlight += images;
        return new InFlight(images, clock.getAsLong());
    }

    private Failure queueFull() {
        return new Failure(
                FailureCode.OVERLOADED,
                "too many images are waiting; send this request again later",
                retry(mean * inFlight));
    }

    private static Duration retry(double nanos) {
        return Duration.ofNanos(
                (long) Math.clamp(nanos, SHORTEST_RETRY.toNanos(), LONGEST_RETRY.toNanos()));
    }

    private FailureException shed(String reason, Failure failure) {
        Metric.SHED.count(meters, reason);
        return new FailureException(failure);
    }

    private synchronized void leave(int images, long entered) {
        long now = clock.getAsLong();
        double spent = now - Math.max(lastFinish, entered);
        // images of one batch are answered at once: only the sums have the right quotient
        time = DECAY * time + (mean == 0 ? spent : Math.min(spent, OUTLIER * mean));
        answers = DECAY * answers + images;
        mean = time / answers;
        lastFinish = now;
        inFlight -= images;
    }

    /** Images in flight; closed once, when they are answered. */
    final class InFlight implements AutoCloseable {

        private final int images;
        private final long entered;

        private InFlight(int images, long entered) {
            this.images = images;
            this.entered = entered;
        }

        @Override
        public void close() {
            leave(images, entered);
        }
    }
}
