package io.dmst.grpc;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.observability.LogKey;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * How a call of one message is answered: on the thread that it came on, which is interrupted once
 * its client has left or its deadline has passed.
 */
final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /**
     * Answers with what the handler makes of it; a fault of the handler is answered too.
     *
     * @param operation value of the metrics' label
     */
    static <A> void unary(
            StreamObserver<A> observer, String operation, Function<Exchange, Checked<A>> handler) {
        Exchange exchange = ExchangeInterceptor.current();
        exchange.operation(operation);
        if (observer instanceof ServerCallStreamObserver<A> stream) {
            stream.setOnCancelHandler(() -> {}); // or an answer to nobody would be an exception
        }
        Checked<A> answer = interruptibly(() -> guarded(exchange, handler));
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
    static <A> Checked<A> guarded(Exchange exchange, Function<Exchange, Checked<A>> handler) {
        MDC.put(LogKey.REQUEST_ID.key(), exchange.requestId());
        try {
            return handler.apply(exchange);
        } catch (RuntimeException e) {
            log.error("request {}: a fault", exchange.requestId(), e);
            return Checked.refused(
                    FailureCode.INTERNAL,
                    "a fault of ours; tell whoever runs the service the x-request-id");
        } finally {
            MDC.remove(LogKey.REQUEST_ID.key());
        }
    }

    /** Time that the caller allows the whole call, counted from its arrival; absent for none. */
    static @Nullable Duration allowed(Exchange exchange) {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null
                ? null
                : exchange.elapsed().plusNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    private static <T> T interruptibly(java.util.function.Supplier<T> work) {
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
