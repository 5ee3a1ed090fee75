package io.dmst.pipeline;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
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
                        Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    }

    /** The result of some work, or why there is none; waits, but not past the call's deadline. */
    <T> Checked<T> run(Call call, Supplier<Checked<T>> work) {
        Deadline deadline = call.deadline();
        if (deadline.passed()) {
            return new Checked.Refused<>(Refusals.tooLate());
        }
        Future<Checked<T>> pending;
        try {
            pending = threads.submit(work::get);
        } catch (RejectedExecutionException e) {
            return new Checked.Refused<>(
                    threads.isShutdown()
                            ? Refusals.stopping()
                            : new Failure(
                                    FailureCode.OVERLOADED,
                                    "too many images are waiting; send this one again later"));
        }
        try {
            return switch (waiting.result(pending, call, false)) {
                case Checked.Refused<Checked<T>>(Failure failure) -> new Checked.Refused<>(failure);
                case Checked.Accepted<Checked<T>>(Checked<T> result) -> result;
            };
        } catch (ExecutionException e) {
            return failed(call, e.getCause());
        }
    }

    /** As {@link #run} on the thread that calls: for what takes less time than waking another. */
    <T> Checked<T> here(Call call, Supplier<Checked<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return failed(call, e);
        }
    }

    private static <T> Checked<T> failed(Call call, @Nullable Throwable cause) {
        log.error("request {}: an image failed", call.exchange().requestId(), cause);
        return Checked.refused(
                FailureCode.INTERNAL, "handling the image failed; it is a fault of ours");
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
