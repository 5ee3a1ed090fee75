package io.dmst.inference.batch;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.ServedModel;
import io.dmst.scheduling.Precedence;
import io.dmst.scheduling.Turns;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Lets many requests share an engine.
 *
 * <p>One thread at a time owns the {@link BatchQueue}; everybody writes letters to it: a request
 * came, its client left, a batch was begun, was done. The owner reads them, answers those whose
 * deadline has passed and forms the next batch; it is whoever wrote, or at a deadline the thread
 * that keeps the time, and never computes meanwhile, so deadlines are kept while the engine is
 * busy. The next batch lies ready for the first worker (a platform thread with a {@link Lane}) that
 * is free: an idle engine begins at once, a busy one goes on without a pause. Each owner takes back
 * the batch that lies ready, so that newcomers join it and those who left are not computed. What a
 * worker writes is read at once only where it changes what is to be done: that a batch was begun,
 * if somebody waits to be in the next one. All else is read before the next request.
 *
 * <p>Guarantees: a request is answered exactly once, and by its deadline; nothing is begun after
 * its deadline or after its client has left; no more wait than there is room for, and the others
 * are refused at once, by the caller's own thread; closing loses nobody.
 *
 * <p>Safe for use by several threads.
 */
public final class Batcher implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Whom the thread is submitting several requests to. */
    private static final ScopedValue<Batcher> SEVERAL = ScopedValue.newInstance();

    private final Mailbox mail = new Mailbox("inference-queue", new Owner());
    private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(1);
    private final RenewableEngine engine;
    private final BatchQueue queue;
    private final BatchMeters meters;
    private final Limits limits;
    private final Semaphore room;
    private final List<Thread> workers;
    private final Runnable hideQueue;
    private volatile boolean closing;
    private volatile long closeBy;
    private volatile boolean closed;
    private volatile Forecast forecast;
    private volatile boolean somebodyWaits;

    /**
     * Starts with an engine that has passed its check and been measured.
     *
     * @param engines builds an engine, at first and whenever the former one is broken
     * @param limits of the queue and its batches
     * @param model for the metrics' labels
     * @param registry of the metrics
     * @throws RuntimeException if the engine cannot be built or does not pass its check
     */
    public static Batcher open(
            Supplier<? extends Computation> engines,
            Limits limits,
            ServedModel model,
            MeterRegistry registry) {
        BatchMeters meters = new BatchMeters(registry, model);
        RenewableEngine engine = new RenewableEngine(engines, meters);
        try {
            Batcher batcher = new Batcher(engine, limits, meters);
            batcher.mail.begin();
            batcher.workers.forEach(Thread::start);
            return batcher;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private Batcher(RenewableEngine engine, Limits limits, BatchMeters meters) {
        this.engine = engine;
        this.limits = limits;
        this.meters = meters;
        Map<Kind, CostModel> costs = engine.measure(System::nanoTime, limits.batchTime());
        costs.values().stream()
                .mapToDouble(cost -> cost.of(1))
                .min()
                .ifPresent(Precedence::computing);
        this.queue = new BatchQueue(costs, engine.largestBatch(), limits);
        this.forecast = queue.forecast(System.nanoTime());
        this.room = new Semaphore(limits.queue());
        this.workers =
                Stream.generate(() -> new Lane(engine, System::nanoTime, new Letters()))
                        .limit(limits.workers())
                        .map(lane ->
                                Thread.ofPlatform()
                                        .name("inference")
                                        .daemon()
                                        .unstarted(() -> work(lane)))
                        .toList();
        this.hideQueue =
                meters.queue(() -> limits.queue() - room.availablePermits(), () -> backlog() / 1e9);
    }

    /** Whether a request would be taken now, if there is room. */
    public boolean ready() {
        return !closing && engine.healthy();
    }

    /**
     * Takes a request; returns at once.
     *
     * @return completes with its outcome; cancelling it takes the request out of the queue
     */
    public CompletableFuture<Outcome> submit(PredictionRequest request) {
        Entry entry = new Entry(request, System.nanoTime(), meters::shed);
        if (!ready()) {
            entry.refuse(Shed.NOT_READY, Refusal.notReady());
        } else if (!room.tryAcquire()) {
            entry.refuse(Shed.QUEUE_FULL, Refusal.queueFull(backlog()));
        } else {
            entry.answer().whenComplete((outcome, fault) -> answered(entry));
            mail.leave(() -> arrive(entry));
            if (!(SEVERAL.isBound() && SEVERAL.get() == this)) {
                mail.readAll();
            }
            if (closed) {
                // the owner may have read its last mail before this one came
                entry.refuse(Shed.NOT_READY, Refusal.notReady());
            }
        }
        return entry.answer();
    }

    /** Submits what {@code submitting} submits on this thread, before a batch is formed of it. */
    public void together(Runnable submitting) {
        try {
            ScopedValue.where(SEVERAL, this).run(submitting);
        } finally {
            mail.readAll();
        }
    }

    /**
     * Why a request would be refused now, asked before there is one; counted as a refusal.
     *
     * @param deadline of the request, less what passes until it can be submitted
     * @param ahead images that will be submitted before it
     * @param coming images that may be submitted before it
     */
    public Optional<Failure> refusal(Deadline deadline, int ahead, int coming) {
        if (!ready()) {
            return refused(Shed.NOT_READY, Refusal.notReady());
        }
        if (room.availablePermits() <= ahead) {
            return refused(Shed.QUEUE_FULL, Refusal.queueFull(backlog()));
        }
        long left = deadline.nanoTime() - System.nanoTime();
        double excess = forecast.excess(deadline.margin(), left, ahead, coming);
        return excess > 0 && current()
                ? refused(Shed.PREDICTED_LATE, Refusal.predictedLate(excess))
                : Optional.empty();
    }

    /** Predicted time until everybody who waits is answered, ns. */
    private double backlog() {
        current();
        return forecast.backlog();
    }

    /**
     * Whether the forecast knows all that workers wrote. One that does not may speak of those who
     * are answered by now, and nobody must be refused by it: they would wake nobody to mend it.
     */
    private boolean current() {
        mail.readAll();
        return mail.empty();
    }

    private Optional<Failure> refused(Shed reason, Failure failure) {
        meters.shed(reason);
        return Optional.of(failure);
    }

    private void answered(Entry entry) {
        boolean waited = leave(entry);
        if (entry.answer().isCancelled()) {
            if (waited) {
                boolean late = entry.left(System.nanoTime()) <= 0;
                meters.shed(late ? Shed.DEADLINE : Shed.CANCELLED);
            }
            mail.tell(() -> queue.left(entry));
        }
    }

    /** Whether it waited until now. */
    private boolean leave(Entry entry) {
        boolean waited = entry.stopsWaiting();
        if (waited) {
            room.release();
        }
        return waited;
    }

    private void arrive(Entry entry) {
        if (closed || !engine.healthy()) {
            entry.refuse(Shed.NOT_READY, Refusal.notReady());
        } else {
            queue.add(entry, System.nanoTime());
        }
    }

    /** What the owner does. */
    private final class Owner implements Mailbox.Owned {

        @Override
        public long turn() {
            takeBack();
            mail.read();
            long now = System.nanoTime();
            long pause = queue.expire(now);
            forecast = queue.forecast(now);
            queue.next(now).ifPresent(ready::add);
            somebodyWaits = queue.waits();
            return closing ? Math.min(pause, Math.max(1, closeBy - now)) : pause;
        }

        @Override
        public boolean over() {
            return closing && (queue.empty() || closeBy - System.nanoTime() <= 0);
        }

        @Override
        public void end() {
            closed = true;
            takeBack();
            mail.read();
            queue.refuseAll();
        }
    }

    private void takeBack() {
        if (ready.poll() == null) {
            queue.taken();
        }
    }

    private void work(Lane lane) {
        Turns.lengthen();
        try {
            while (true) {
                lane.compute(ready.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What workers write to the owner. */
    private final class Letters implements Progress {

        @Override
        public void begun(Batch batch) {
            long now = System.nanoTime();
            batch.entries().forEach(Batcher.this::leave);
            mail.leave(() -> queue.begun(batch, now));
            // asked after writing: the owner sets it before it looks for letters a last time
            if (somebodyWaits) {
                mail.readAll();
            }
        }

        @Override
        public void took(Kind kind, int images, long nanos) {
            mail.leave(() -> queue.took(kind, images, nanos));
        }

        @Override
        public void done(Batch batch) {
            mail.leave(() -> queue.done(batch));
            if (closing) {
                mail.wake();
            }
        }

        @Override
        public void unhealthy() {
            mail.tell(queue::refuseWaiting);
        }
    }

    /**
     * Refuses newcomers from its first moment, lets those that were taken be answered within the
     * drain time, answers the rest as not ready and closes the engine.
     */
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closeBy = System.nanoTime() + limits.drain().toNanos();
        closing = true;
        hideQueue.run();
        mail.wake();
        boolean interrupted = !ended(mail::join, limits.drain().plus(GRACE));
        workers.forEach(Thread::interrupt);
        for (Thread worker : workers) {
            interrupted |= !ended(worker::join, GRACE);
        }
        engine.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a thread; whether this thread was not interrupted meanwhile. */
    private static boolean ended(Joining thread, Duration atMost) {
        try {
            thread.join(atMost);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private interface Joining {
        void join(Duration atMost) throws InterruptedException;
    }
}
