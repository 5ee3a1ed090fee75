package io.dmst.load;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.ConnectException;

/** Channels to a service, and how their calls fail. */
final class GrpcCalls {

    private GrpcCalls() {}

    /** A channel that repeats no call that a server has seen. */
    static ManagedChannel channel(ServiceProcess service) {
        return Grpc.newChannelBuilderForAddress(
                        "localhost", service.grpcPort(), InsecureChannelCredentials.create())
                .disableRetry()
                .build();
    }

    /** The code of a failure, as {@link Reply} has it: lost where the service names none. */
    static String code(StatusRuntimeException failure) {
        if (failure.getCause() instanceof ConnectException) {
            return Reply.NOT_CONNECTED;
        }
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    return detail.unpack(ErrorInfo.class).getReason();
                }
            }
            return Reply.LOST;
        } catch (InvalidProtocolBufferException e) {
            return Reply.LOST;
        }
    }
}
