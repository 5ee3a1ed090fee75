package io.dmst.serve.batch;

import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.Timing;
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
 * An engine that is rebuilt when it is broken.
 *
 * <p>After {@value #FAILURES} images that fail in a row the engine is suspect, and its own check
 * decides, so that no series of bad images can cost a good engine. One that fails its check is
 * closed and rebuilt, with growing pauses, until one passes; meanwhile it is not healthy.
 *
 * <p>Safe for use by several threads: computations share the engine, a rebuild waits for them.
 */
final class SelfHealingEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SelfHealingEngine.class);
    private static final int FAILURES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Supplier<? extends Computation> engines;
    private final Runnable rebuilt;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private @Nullable Computation computation;
    private volatile boolean healthy;

    /**
     * Builds the first engine.
     *
     * @param engines builds one
     * @param rebuilt is called after each rebuild
     * @throws RuntimeException if that fails, or the engine fails its check
     */
    SelfHealingEngine(Supplier<? extends Computation> engines, Runnable rebuilt) {
        this.engines = engines;
        this.rebuilt = rebuilt;
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

    Map<BatchKind, CostModel> measure(LongSupplier clock, Duration longestBatch) {
        return using(engine -> Calibration.of(engine, clock, longestBatch.toNanos()));
    }

    List<Function<Timing, Outcome>> run(List<PredictionRequest> batch) {
        return using(engine -> engine.run(batch));
    }

    private <T> T using(Function<Computation, T> work) {
        use.readLock().lock();
        try {
            if (computation == null) {
                throw new IllegalStateException("the engine is being rebuilt, or closed");
            }
            return work.apply(computation);
        } finally {
            use.readLock().unlock();
        }
    }

    /** An image could not be computed. */
    void failed() {
        failuresInARow.incrementAndGet();
    }

    /** An image was computed. */
    void succeeded() {
        failuresInARow.set(0);
    }

    /**
     * Rebuilds the engine if it is suspect and fails its check.
     *
     * @param unhealthy is called before the rebuild
     */
    void rebuildIfBroken(Runnable unhealthy) throws InterruptedException {
        if (failuresInARow.get() < FAILURES) {
            return;
        }
        use.writeLock().lockInterruptibly();
        try {
            // another thread may have rebuilt it in the meantime
            if (failuresInARow.get() >= FAILURES && !passes()) {
                healthy = false;
                unhealthy.run();
                rebuild();
                rebuilt.run();
                healthy = true;
                log.info("the engine was rebuilt and passes its check");
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
        } catch (RuntimeException e) {
            log.error("the engine fails repeatedly and fails its check too; rebuilding it", e);
        }
        return false;
    }

    private void rebuild() throws InterruptedException {
        free();
        Duration pause = FIRST_PAUSE;
        while (computation == null) {
            try {
                computation = build();
            } catch (RuntimeException e) {
                log.error("the engine cannot be rebuilt; next attempt in {}", pause, e);
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
            log.warn("computations still run; their native memory is freed when the process ends");
            return;
        }
        try {
            free();
        } finally {
            use.writeLock().unlock();
        }
    }
}
