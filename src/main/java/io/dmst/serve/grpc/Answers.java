package io.dmst.serve.grpc;

import io.dmst.serve.metrics.LogKey;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestContext;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Answers calls of one message on the call's own thread, which is interrupted when the client
 * cancels the call or its deadline passes.
 */
final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /**
     * Answers a call.
     *
     * @param operation value of the metrics' label
     * @param handler makes the answer, or throws a {@link FailureException}
     */
    static <A> void unary(
            StreamObserver<A> observer, String operation, Function<RequestContext, A> handler) {
        RequestContext request = RequestContextInterceptor.current();
        request.recorder().operation(operation);
        if (observer instanceof ServerCallStreamObserver<?> stream) {
            stream.setOnCancelHandler(() -> {}); // else an answer after a cancellation would throw
        }
        try {
            A answer = interruptibly(() -> handled(request, handler));
            request.recorder().answered();
            observer.onNext(answer);
            observer.onCompleted();
        } catch (FailureException e) {
            request.recorder().failed(e.failure().code());
            observer.onError(Statuses.error(e.failure()));
        }
    }

    /**
     * The handler's answer.
     *
     * @throws FailureException also for an internal error, which is logged
     */
    static <A> A handled(RequestContext request, Function<RequestContext, A> handler) {
        MDC.put(LogKey.REQUEST_ID.key(), request.requestId());
        try {
            return handler.apply(request);
        } catch (FailureException e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("request {}: internal error", request.requestId(), e);
            throw new FailureException(Failure.internal());
        } finally {
            MDC.remove(LogKey.REQUEST_ID.key());
        }
    }

    /** Time that the client allows the whole call, counted from its arrival; absent for none. */
    static @Nullable Duration allowed(RequestContext request) {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null
                ? null
                : request.elapsed().plusNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    private static <T> T interruptibly(Supplier<T> work) {
        Interruption interruption = new Interruption(Thread.currentThread());
        Context context = Context.current();
        Context.CancellationListener listener = cancelled -> interruption.interrupt();
        context.addListener(listener, Runnable::run);
        try {
            return work.get();
        } finally {
            context.removeListener(listener);
            interruption.end();
        }
    }

    /** Interrupts a thread during one call, and not after it. */
    private static final class Interruption {

        private final Thread thread;
        private boolean ended;

        Interruption(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (!ended) {
                thread.interrupt();
            }
        }

        synchronized void end() {
            ended = true;
            Thread.interrupted();
        }
    }
}
