package io.dmst.inference.batch;

import io.dmst.inference.Outcome;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that is replaced when it is broken.
 *
 * <p>Images that fail one after the other, {@value #PATIENCE} of them, cast a suspicion; the
 * engine's own check decides, so that no series of bad images can cost a good engine. One that does
 * not pass is closed and built anew until one passes, with growing pauses; meanwhile it is not
 * healthy.
 *
 * <p>Safe for use by several threads: computations share the engine, its replacement waits for
 * them.
 */
final class RenewableEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RenewableEngine.class);
    private static final int PATIENCE = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Supplier<? extends Computation> engines;
    private final BatchMeters meters;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private @Nullable Computation computation;
    private volatile boolean healthy;

    /**
     * Builds the first engine.
     *
     * @throws RuntimeException if that fails, or the engine does not pass its check
     */
    RenewableEngine(Supplier<? extends Computation> engines, BatchMeters meters) {
        this.engines = engines;
        this.meters = meters;
        this.computation = build();
        this.healthy = true;
    }

    private Computation build() {
        Computation built = engines.get();
        try {
            built.check();
            return built;
        } catch (RuntimeException | Error e) {
            built.close();
            throw e;
        }
    }

    boolean healthy() {
        return healthy;
    }

    int largestBatch() {
        return using(Computation::largestBatch);
    }

    Map<Kind, CostModel> measure(LongSupplier clock, Duration batchTime) {
        return using(engine -> Calibration.of(engine, clock, batchTime.toNanos()));
    }

    List<Function<Timing, Outcome>> run(List<PredictionRequest> batch) {
        return using(engine -> engine.run(batch));
    }

    private <T> T using(Function<Computation, T> work) {
        use.readLock().lock();
        try {
            if (computation == null) {
                throw new IllegalStateException("there is no engine; it is built anew or closed");
            }
            return work.apply(computation);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Hears that an image could not be computed. */
    void failed() {
        failuresInARow.incrementAndGet();
    }

    /** Hears that an image was computed. */
    void succeeded() {
        if (failuresInARow.get() != 0) {
            failuresInARow.set(0);
        }
    }

    /**
     * Replaces the engine if it is broken.
     *
     * @param unhealthy is called before it is replaced
     */
    void mend(Runnable unhealthy) throws InterruptedException {
        if (failuresInARow.get() < PATIENCE) {
            return;
        }
        use.writeLock().lockInterruptibly();
        try {
            // another thread may have done it in the meantime
            if (failuresInARow.get() >= PATIENCE && !passes()) {
                healthy = false;
                unhealthy.run();
                replace();
                meters.rebuilt();
                healthy = true;
                log.info("the engine was built anew and passes its check");
            }
            failuresInARow.set(0);
        } finally {
            use.writeLock().unlock();
        }
    }

    private boolean passes() {
        try {
            if (computation != null) {
                computation.check();
                return true;
            }
        } catch (RuntimeException | Error e) {
            log.error("the engine fails repeatedly and on its check too; it is built anew", e);
        }
        return false;
    }

    private void replace() throws InterruptedException {
        free();
        Duration pause = FIRST_PAUSE;
        while (computation == null) {
            try {
                computation = build();
            } catch (RuntimeException | Error e) {
                log.error("no engine can be built; the next attempt is in {}", pause, e);
                Thread.sleep(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        }
    }

    private void free() {
        Computation former = computation;
        computation = null;
        if (former != null) {
            try {
                former.close();
            } catch (RuntimeException e) {
                log.error("an engine could not be closed", e);
            }
        }
    }

    @Override
    public void close() {
        healthy = false;
        boolean unused = false;
        try {
            unused = use.writeLock().tryLock(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!unused) {
            log.warn("computations still run; their native memory is left to the process's end");
            return;
        }
        try {
            free();
        } finally {
            use.writeLock().unlock();
        }
    }
}
