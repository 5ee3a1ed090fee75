package io.dmst.serve.gateway;

import io.dmst.serve.metrics.TraceRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Tells nodes which trace a request belongs to, second tries too. Safe for use by several threads.
 */
final class TraceHeaders implements ClientInterceptor {

    private final TraceRegistry traces;

    TraceHeaders(TraceRegistry traces) {
        this.traces = traces;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
            MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                String id = headers.get(Node.REQUEST_ID);
                if (id != null) {
                    traces.headers(id)
                            .forEach((name, value) ->
                                    headers.put(
                                            Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER),
                                            value));
                }
                super.start(listener, headers);
            }
        };
    }
}
