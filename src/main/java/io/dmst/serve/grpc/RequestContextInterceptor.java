package io.dmst.serve.grpc;

import io.dmst.serve.predict.BodyMemory;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.RequestRecorder;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/** Gives every call its id, its metadata, its metrics, and charges the memory of its message. */
@Component
@GlobalServerInterceptor
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestContextInterceptor implements ServerInterceptor {

    /** Value of the metrics' label. */
    static final String PROTOCOL = "grpc";

    static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
    static final Metadata.Key<String> BATCH_SIZE = key("x-batch-size");
    static final Metadata.Key<String> SERVED_BY = key("x-served-by");
    static final Metadata.Key<String> SERVER_TIMING = key("server-timing");

    private static final Context.Key<RequestContext> CONTEXT = Context.key("request");

    private final MeterRegistry meters;
    private final BodyMemory memory;

    RequestContextInterceptor(MeterRegistry meters, BodyMemory memory) {
        this.meters = meters;
        this.memory = memory;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The context of the call that this thread serves. */
    static RequestContext current() {
        return Objects.requireNonNull(CONTEXT.get(), "not within a call");
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String path = call.getMethodDescriptor().getFullMethodName();
        RequestContext request = RequestContext.start(PROTOCOL, metadata.get(REQUEST_ID), path);
        Context context = Context.current().withValue(CONTEXT, request);
        AnnotatedCall<Q, A> annotated = new AnnotatedCall<>(call, request);
        return new RecordingListener<>(
                Contexts.interceptCall(context, annotated, metadata, next),
                annotated,
                request,
                context);
    }

    /** Adds the request's id and timing to the metadata of the answer. */
    private static final class AnnotatedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final RequestContext request;
        private boolean headersSent;
        private boolean closed;

        AnnotatedCall(ServerCall<Q, A> call, RequestContext request) {
            super(call);
            this.request = request;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headersSent = true;
            headers.put(REQUEST_ID, request.requestId());
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (closed) {
                return;
            }
            closed = true;
            if (!headersSent) {
                trailers.put(REQUEST_ID, request.requestId());
            }
            RequestRecorder recorder = request.recorder();
            if (recorder.operation() != null) {
                trailers.put(SERVER_TIMING, recorder.serverTiming());
                trailers.put(BATCH_SIZE, String.valueOf(recorder.batchSize()));
                if (recorder.fallback()) {
                    trailers.put(SERVED_BY, "fallback");
                }
            }
            super.close(status, trailers);
        }
    }

    private final class RecordingListener<Q> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, ?> call;
        private final RequestContext request;
        private final Context context;
        private BodyMemory.@Nullable Body body;
        private boolean refused;

        RecordingListener(
                ServerCall.Listener<Q> listener,
                ServerCall<Q, ?> call,
                RequestContext request,
                Context context) {
            super(listener);
            this.call = call;
            this.request = request;
            this.context = context;
        }

        /** A stream charges the memory of its messages itself. */
        @Override
        public void onMessage(Q message) {
            try {
                if (call.getMethodDescriptor().getType().clientSendsOneMessage()
                        && message instanceof InputStream encoded) {
                    body = memory.open(Deadline.none());
                    body.received(encoded.available());
                    body.complete();
                }
                super.onMessage(message);
            } catch (FailureException e) {
                refuse(e.failure());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void refuse(Failure failure) {
            refused = true;
            request.recorder().failed(failure.code());
            Statuses.close(call, failure);
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
            finish();
        }

        @Override
        public void onCancel() {
            super.onCancel();
            if (context.cancellationCause() instanceof TimeoutException) {
                request.recorder().failed(FailureCode.DEADLINE_EXCEEDED);
            } else {
                request.recorder().cancelled();
            }
            finish();
        }

        private void finish() {
            if (body != null) {
                body.close();
            }
            request.recorder().record(meters, request.elapsed());
        }
    }
}
