package io.dmst.grpc;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.observability.LogKey;
import io.dmst.observability.Traces;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * How a call of one message is answered. It comes on its connection's thread, which serves all
 * calls of that connection and must not wait: a handler that may wait gets a virtual thread of its
 * own, which is interrupted once the client has left or the deadline has passed; one that only
 * begins something stays where it is, and nobody is woken until the answer is there.
 */
@Component
final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private final Loops loops;
    private final ExecutorService handlers;
    private final Traces traces;

    Answers(Loops loops, ExecutorService grpcHandlers, Traces traces) {
        this.loops = loops;
        this.handlers = grpcHandlers;
        this.traces = traces;
    }

    /**
     * Answers with what the handler makes of it, on a thread of its own; a fault of the handler is
     * answered too.
     *
     * @param operation value of the metrics' label
     */
    <A> void unary(
            StreamObserver<A> observer, String operation, Function<Exchange, Checked<A>> handler) {
        Exchange exchange = begun(observer, operation);
        elsewhere(() ->
                tell(
                        observer,
                        exchange,
                        interruptibly(() -> guarded(exchange, () -> handler.apply(exchange)))));
    }

    /**
     * Answers with what comes of that which the handler begins; a fault of either is answered too.
     *
     * @param operation value of the metrics' label
     * @param here whether the handler returns at once; else it is called on a thread of its own
     * @param handler begins the answer, which is cancelled once the client has left; it is given
     *     the connection's thread, for the end of it
     */
    <A> void promised(
            StreamObserver<A> observer,
            String operation,
            boolean here,
            BiFunction<Exchange, Executor, CompletableFuture<Checked<A>>> handler) {
        Exchange exchange = begun(observer, operation);
        Executor connection = loops.current();
        Runnable work = () -> keep(observer, exchange, () -> handler.apply(exchange, connection));
        if (here) {
            work.run();
        } else {
            elsewhere(work);
        }
    }

    private static Exchange begun(StreamObserver<?> observer, String operation) {
        Exchange exchange = ExchangeInterceptor.current();
        exchange.operation(operation);
        if (observer instanceof ServerCallStreamObserver<?> stream) {
            stream.setOnCancelHandler(() -> {}); // or an answer to nobody would be an exception
        }
        return exchange;
    }

    private void elsewhere(Runnable work) {
        handlers.execute(Context.current().wrap(traces.carried(work)));
    }

    private static <A> void keep(
            StreamObserver<A> observer,
            Exchange exchange,
            Supplier<CompletableFuture<Checked<A>>> handler) {
        CompletableFuture<Checked<A>> promise =
                switch (guarded(exchange, () -> Checked.accepted(handler.get()))) {
                    case Checked.Accepted<CompletableFuture<Checked<A>>> begun -> begun.value();
                    case Checked.Refused<CompletableFuture<Checked<A>>>(Failure failure) ->
                            CompletableFuture.completedFuture(new Checked.Refused<>(failure));
                };
        Context context = Context.current();
        Context.CancellationListener listener = cancelled -> promise.cancel(false);
        context.addListener(listener, Runnable::run);
        promise.handle(
                        (answer, fault) -> {
                            context.removeListener(listener);
                            if (answer != null) {
                                tell(observer, exchange, answer);
                            } else if (!promise.isCancelled()) {
                                log.error("request {}: a fault", exchange.requestId(), fault);
                                tell(observer, exchange, fault());
                            }
                            return true;
                        })
                .exceptionally(fault -> {
                    log.error("request {}: it cannot be answered", exchange.requestId(), fault);
                    return false;
                });
    }

    private static <A> void tell(StreamObserver<A> observer, Exchange exchange, Checked<A> answer) {
        switch (answer) {
            case Checked.Refused<A>(Failure failure) -> {
                exchange.failed(failure.code());
                observer.onError(Statuses.error(failure));
            }
            case Checked.Accepted<A>(A message) -> {
                exchange.answered();
                observer.onNext(message);
                observer.onCompleted();
            }
        }
    }

    /** The handler's answer, or that it failed. */
    static <A> Checked<A> guarded(Exchange exchange, Supplier<Checked<A>> handler) {
        MDC.put(LogKey.REQUEST_ID.key(), exchange.requestId());
        try {
            return handler.get();
        } catch (RuntimeException e) {
            log.error("request {}: a fault", exchange.requestId(), e);
            return fault();
        } finally {
            MDC.remove(LogKey.REQUEST_ID.key());
        }
    }

    private static <A> Checked<A> fault() {
        return Checked.refused(
                FailureCode.INTERNAL,
                "a fault of ours; tell whoever runs the service the x-request-id");
    }

    /** Time that the caller allows the whole call, counted from its arrival; absent for none. */
    static @Nullable Duration allowed(Exchange exchange) {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null
                ? null
                : exchange.elapsed().plusNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
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
            interruption.over();
        }
    }

    /** Interrupts a thread for as long as it is at one call, and not after. */
    private static final class Interruption {

        private final Thread thread;
        private boolean over;

        Interruption(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (!over) {
                thread.interrupt();
            }
        }

        synchronized void over() {
            over = true;
            Thread.interrupted();
        }
    }
}
