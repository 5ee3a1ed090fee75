package io.dmst.serve.grpc;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.RequestRecorder;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/**
 * Answers a message that cannot be decoded as an invalid argument, where the library would answer
 * an unknown error and log a stack trace. Stands between the other interceptors and the decoding.
 */
final class UndecodableMessages implements ServerInterceptor {

    /** Value of the metrics' label {@code operation}. */
    static final String OPERATION = "undecodable";

    private static final Failure FAILURE =
            new Failure(
                    FailureCode.INVALID_ARGUMENT,
                    "the message cannot be decoded as the method's request type");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        RequestRecorder recorder = RequestContextInterceptor.current().recorder();
        return new SimpleForwardingServerCallListener<>(next.startCall(call, metadata)) {

            private boolean refused;

            @Override
            public void onMessage(Q message) {
                try {
                    super.onMessage(message);
                } catch (StatusRuntimeException e) {
                    refused = true;
                    recorder.operation(OPERATION);
                    recorder.failed(FAILURE.code());
                    Statuses.close(call, FAILURE);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }
}
