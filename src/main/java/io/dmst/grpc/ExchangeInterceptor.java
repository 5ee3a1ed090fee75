package io.dmst.grpc;

import com.google.protobuf.MessageLite;
import io.dmst.inference.FailureCode;
import io.dmst.pipeline.BodyBudget;
import io.dmst.pipeline.Exchange;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/**
 * Opens and closes the {@link Exchange} of every call: its id, its metadata, its share of the
 * memory for bodies, its metrics.
 */
@Component
@GlobalServerInterceptor
@Order(Ordered.HIGHEST_PRECEDENCE)
class ExchangeInterceptor implements ServerInterceptor {

    /** Value of the metrics' label. */
    static final String PROTOCOL = "grpc";

    static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
    static final Metadata.Key<String> BATCH_SIZE = key("x-batch-size");
    static final Metadata.Key<String> SERVED_BY = key("x-served-by");
    static final Metadata.Key<String> SERVER_TIMING = key("server-timing");

    private static final Context.Key<Exchange> EXCHANGE = Context.key("exchange");

    private final MeterRegistry meters;
    private final BodyBudget budget;

    ExchangeInterceptor(MeterRegistry meters, BodyBudget budget) {
        this.meters = meters;
        this.budget = budget;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The exchange of the call that this thread serves. */
    static Exchange current() {
        return Objects.requireNonNull(EXCHANGE.get(), "not within a call");
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String path = call.getMethodDescriptor().getFullMethodName();
        Exchange exchange = new Exchange(PROTOCOL, metadata.get(REQUEST_ID), path);
        Context context = Context.current().withValue(EXCHANGE, exchange);
        TellingCall<Q, A> telling = new TellingCall<>(call, exchange);
        return new ClosingListener<>(
                Contexts.interceptCall(context, telling, metadata, next),
                telling,
                exchange,
                context);
    }

    /** Adds what is known of the exchange to the metadata of the answer. */
    private static final class TellingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final Exchange exchange;
        private boolean begun;
        private boolean closed;

        TellingCall(ServerCall<Q, A> call, Exchange exchange) {
            super(call);
            this.exchange = exchange;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            begun = true;
            headers.put(REQUEST_ID, exchange.requestId());
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (closed) {
                return;
            }
            closed = true;
            if (!begun) {
                trailers.put(REQUEST_ID, exchange.requestId());
            }
            if (exchange.operation() != null) {
                trailers.put(SERVER_TIMING, exchange.serverTiming());
                trailers.put(BATCH_SIZE, String.valueOf(exchange.batchSize()));
                if (exchange.fallback()) {
                    trailers.put(SERVED_BY, "fallback");
                }
            }
            super.close(status, trailers);
        }
    }

    /** Takes the memory of a body from the budget, and gives it back when all is over. */
    private final class ClosingListener<Q> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, ?> call;
        private final Exchange exchange;
        private final Context context;
        private boolean refused;

        ClosingListener(
                ServerCall.Listener<Q> listener,
                ServerCall<Q, ?> call,
                Exchange exchange,
                Context context) {
            super(listener);
            this.call = call;
            this.exchange = exchange;
            this.context = context;
        }

        @Override
        public void onMessage(Q message) {
            if (call.getMethodDescriptor().getType().clientSendsOneMessage() && !reserve(message)) {
                refused = true;
                refuse();
                return;
            }
            super.onMessage(message);
        }

        /** A stream answers for the memory of its messages itself. */
        private boolean reserve(Q message) {
            long bytes = message instanceof MessageLite known ? known.getSerializedSize() : 0;
            if (!budget.reserve(bytes)) {
                return false;
            }
            exchange.reserved(bytes);
            return true;
        }

        private void refuse() {
            exchange.failed(FailureCode.OVERLOADED);
            Statuses.close(call, BodyBudget.exhausted());
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }

        @Override
        public void onComplete() {
            super.onComplete();
            end();
        }

        @Override
        public void onCancel() {
            super.onCancel();
            if (context.cancellationCause() instanceof TimeoutException) {
                exchange.failed(FailureCode.DEADLINE_EXCEEDED);
            } else {
                exchange.left();
            }
            end();
        }

        private void end() {
            budget.release(exchange.bodyBytes());
            exchange.record(meters);
        }
    }
}
