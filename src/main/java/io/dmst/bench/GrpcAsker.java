package io.dmst.bench;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dmst.v1.ClassifyRequest;
import dmst.v1.VisionServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks by gRPC, without its retries but those of calls that no server has seen. */
final class GrpcAsker implements Asker {

    private static final int PATIENCE_SECONDS = 60;

    private final Map<ChildServer, ManagedChannel> channels = new HashMap<>();

    @Override
    public Ended ask(ChildServer server, byte[] image) {
        try {
            VisionServiceGrpc.newBlockingStub(channels.computeIfAbsent(server, GrpcAsker::open))
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .classify(
                            ClassifyRequest.newBuilder()
                                    .addImages(ByteString.copyFrom(image))
                                    .build());
            return new Ended(End.ANSWERED, "");
        } catch (StatusRuntimeException e) {
            if (e.getCause() instanceof ConnectException) {
                return new Ended(End.UNREACHED, String.valueOf(e.getMessage()));
            }
            return switch (reason(e)) {
                case "NOT_READY" -> new Ended(End.REFUSED, "");
                case "OVERLOADED" -> new Ended(End.ANSWERED, "");
                default -> new Ended(End.BROKEN, e + ", " + e.getCause());
            };
        }
    }

    private static ManagedChannel open(ChildServer server) {
        return channel(server.grpcPort());
    }

    /** A connection to this machine. */
    static ManagedChannel channel(int port) {
        return Grpc.newChannelBuilderForAddress(
                        "localhost", port, InsecureChannelCredentials.create())
                .disableRetry()
                .build();
    }

    /** Code of the failure that the server names; empty if it names none. */
    static String reason(StatusRuntimeException error) {
        com.google.rpc.Status status = StatusProto.fromThrowable(error);
        if (status != null) {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    try {
                        return detail.unpack(ErrorInfo.class).getReason();
                    } catch (InvalidProtocolBufferException e) {
                        return "";
                    }
                }
            }
        }
        return "";
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
