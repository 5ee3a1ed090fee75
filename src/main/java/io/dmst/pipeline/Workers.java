package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.scheduling.Turns;
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
 * first served. Safe for use by several threads.
 */
final class Workers {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    private static final int WAITING = 1_024;

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
        return waiting.result(begin(call, work), call);
    }

    /**
     * The result of some work to come, or why there is none. Work that has not begun when its
     * result is there, such as a refusal, is let go at once.
     */
    <T> CompletableFuture<Checked<T>> begin(Call call, Supplier<Checked<T>> work) {
        Job<T> job = new Job<>(call, work);
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
    private static final class Job<T> implements Runnable {

        private final CompletableFuture<Checked<T>> result = new CompletableFuture<>();
        private final Call call;

        /** Absent once nobody wants it, since it holds what a caller has sent. */
        private volatile @Nullable Supplier<Checked<T>> work;

        Job(Call call, Supplier<Checked<T>> work) {
            this.call = call;
            this.work = work;
            result.whenComplete((done, fault) -> this.work = null);
        }

        @Override
        public void run() {
            Supplier<Checked<T>> wanted = work;
            if (wanted != null) {
                result.complete(here(call, wanted));
            }
        }
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
