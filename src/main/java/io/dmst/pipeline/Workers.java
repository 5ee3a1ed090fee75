package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.scheduling.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As many platform threads as configured for what a request computes outside of the model: a
 * virtual thread that computes, or waits in native code, would hold on to its carrier. First come,
 * first served.
 *
 * <p>Where many wait, a thread does several pieces of quick work before it hands their results on:
 * what follows, such as a batch of the model's, takes less for several at once, and each kind of
 * work finds its code and data where it left them. A result is kept back no longer than its seven
 * successors take, and nobody is where fewer wait for each thread than {@value #MANY}. Safe for use
 * by several threads.
 */
final class Workers {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    private static final int WAITING = 1_024;

    /** Results that a thread hands on at once. */
    static final int TOGETHER = 8;

    /** That wait for each thread, from which on it does several before it hands them on. */
    static final int MANY = 4;

    private final Waiting waiting;
    private final ThreadPoolExecutor threads;
    private final int size;

    /**
     * @param name of the threads
     */
    Workers(String name, PipelineProperties properties, Waiting waiting) {
        this.waiting = waiting;
        size =
                properties.decoders() > 0
                        ? properties.decoders()
                        : Runtime.getRuntime().availableProcessors();
        threads =
                new ThreadPoolExecutor(
                        size,
                        size,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING),
                        factory(name));
    }

    private static ThreadFactory factory(String name) {
        ThreadFactory named = Thread.ofPlatform().name(name + "-", 0).daemon().factory();
        return work ->
                named.newThread(() -> {
                    Turns.lengthen();
                    work.run();
                });
    }

    /** The result of some work, or why there is none; waits, but not past the call's deadline. */
    <T> Checked<T> run(Call call, Supplier<Checked<T>> work) {
        if (call.deadline().passed()) {
            return new Checked.Refused<>(Refusals.tooLate());
        }
        return waiting.result(begin(call, false, work), call);
    }

    /**
     * The result of some work to come, or why there is none. Work that has not begun when its
     * result is there, such as a refusal, is let go at once.
     *
     * @param quick whether it takes milliseconds at most, so that others may wait for it
     */
    <T> CompletableFuture<Checked<T>> begin(Call call, boolean quick, Supplier<Checked<T>> work) {
        Job<T> job = new Job<>(call, quick, work);
        try {
            threads.execute(job);
        } catch (RejectedExecutionException e) {
            job.result.complete(new Checked.Refused<>(full()));
        }
        return job.result;
    }

    private Failure full() {
        return threads.isShutdown()
                ? Refusals.stopping()
                : new Failure(
                        FailureCode.OVERLOADED,
                        "too many images are waiting; send this one again later");
    }

    /** Some work and its result. */
    private final class Job<T> implements Runnable {

        private final CompletableFuture<Checked<T>> result = new CompletableFuture<>();
        private final Call call;
        private final boolean quick;

        /** Absent once nobody wants it, since it holds what a caller has sent. */
        private volatile @Nullable Supplier<Checked<T>> work;

        Job(Call call, boolean quick, Supplier<Checked<T>> work) {
            this.call = call;
            this.quick = quick;
            this.work = work;
            result.whenComplete((done, fault) -> this.work = null);
        }

        @Override
        public void run() {
            List<Runnable> results = new ArrayList<>(TOGETHER);
            Job<?> next = this;
            while (next != null) {
                next.work(results);
                next = next.quick && results.size() < TOGETHER ? another() : null;
            }
            call.predictor().together(() -> results.forEach(Runnable::run));
        }

        private void work(List<Runnable> results) {
            Supplier<Checked<T>> wanted = work;
            if (wanted != null) {
                Checked<T> found = here(call, wanted);
                results.add(() -> result.complete(found));
            }
        }
    }

    /** The next piece of work, taken out of the queue, if it may be done before others go on. */
    private @Nullable Job<?> another() {
        return waiting() >= MANY * size
                        && threads.getQueue().peek() instanceof Job<?> first
                        && first.quick
                ? (Job<?>) threads.getQueue().poll()
                : null;
    }

    /** Work on the thread that calls: for what takes less time than waking another. */
    static <T> Checked<T> here(Call call, Supplier<Checked<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            log.error("request {}: an image failed", call.exchange().requestId(), e);
            return Checked.refused(
                    FailureCode.INTERNAL, "handling the image failed; it is a fault of ours");
        }
    }

    /** Work that waits for a thread. */
    int waiting() {
        return threads.getQueue().size();
    }

    int size() {
        return size;
    }

    void stop() {
        threads.shutdown();
    }
}
