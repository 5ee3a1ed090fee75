package io.dmst.grpc;

import dmst.v1.VisionServiceGrpc;
import io.dmst.inference.Failure;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.Pipeline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/**
 * Sends calls away whose image would be refused whatever it is, before it is read: a server that
 * has too much to do must not spend what it has on refusing. Which model is meant stands in the
 * message, so this is where there is but one; else the message is looked into first, as are those
 * of the Open Inference Protocol, which may allow more time than the call says.
 */
@Component
@GlobalServerInterceptor
@Order(Ordered.LOWEST_PRECEDENCE)
class Admission implements ServerInterceptor {

    /** Values of the metrics' label. */
    static final String CLASSIFY = "classify";

    static final String EXPLAIN = "explain";

    private static final Map<String, String> OPERATIONS =
            Map.of(
                    VisionServiceGrpc.getClassifyMethod().getFullMethodName(), CLASSIFY,
                    VisionServiceGrpc.getExplainMethod().getFullMethodName(), EXPLAIN);

    private final Pipeline pipeline;

    Admission(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String operation = OPERATIONS.get(call.getMethodDescriptor().getFullMethodName());
        if (operation == null) {
            return next.startCall(call, metadata);
        }
        Exchange exchange = ExchangeInterceptor.current();
        Optional<Failure> refusal = pipeline.refusal(Answers.allowed(exchange), exchange);
        if (refusal.isEmpty()) {
            return next.startCall(call, metadata);
        }
        exchange.operation(operation);
        exchange.failed(refusal.get().code());
        Statuses.close(call, refusal.get());
        return new ServerCall.Listener<>() {};
    }
}
