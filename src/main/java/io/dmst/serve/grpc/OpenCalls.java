package io.dmst.serve.grpc;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;
import org.springframework.stereotype.Component;

/**
 * Ends the calls that would last for ever when the server stops, which otherwise waits for them:
 * those of gRPC's own services at once, our streams when what they have taken is answered.
 */
@Component
@GlobalServerInterceptor
class OpenCalls implements ServerInterceptor {

    private static final String SERVICES_OF_GRPC = "grpc.";

    private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();

    /** What is done with a stream when the server stops; until {@link #closed}. */
    void opened(Runnable end) {
        ends.add(end);
    }

    void closed(Runnable end) {
        ends.remove(end);
    }

    @EventListener
    void stopping(GrpcServerShutdownEvent event) {
        ends.forEach(Runnable::run);
    }

    static Failure stopped() {
        return new Failure(FailureCode.NOT_READY, "the service is stopping; open the stream again");
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String service = call.getMethodDescriptor().getServiceName();
        if (call.getMethodDescriptor().getType().serverSendsOneMessage()
                || service == null
                || !service.startsWith(SERVICES_OF_GRPC)) {
            return next.startCall(call, metadata);
        }
        EndableCall<Q, A> endable = new EndableCall<>(call);
        Runnable end = endable::end;
        opened(end);
        return new SimpleForwardingServerCallListener<>(next.startCall(endable, metadata)) {
            @Override
            public void onComplete() {
                closed(end);
                super.onComplete();
            }

            @Override
            public void onCancel() {
                closed(end);
                super.onCancel();
            }
        };
    }

    /** A call that may be ended beside whoever answers it; nothing is sent after that. */
    private static final class EndableCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private boolean closed;

        EndableCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!closed) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                super.close(status, trailers);
            }
        }

        void end() {
            Statuses.close(this, stopped());
        }
    }
}
