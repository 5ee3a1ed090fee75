package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A client's end of the server under test. */
final class Channel implements AutoCloseable {

    private final ManagedChannel channel;

    Channel(int port) {
        channel =
                NettyChannelBuilder.forAddress("localhost", port)
                        .usePlaintext()
                        .maxInboundMessageSize(64 << 20)
                        .build();
    }

    io.grpc.Channel open() {
        return channel;
    }

    /**
     * What a failed call was told.
     *
     * @param status of it
     * @param reason the failure's code
     * @param retrySeconds when to try again
     * @param trailers metadata of the answer
     */
    record Told(Status status, String reason, Optional<Long> retrySeconds, Metadata trailers) {

        String detail() {
            return String.valueOf(status.getDescription());
        }

        Told is(Status.Code code, String expected) {
            assertThat(status.getCode()).as(detail()).isEqualTo(code);
            assertThat(reason).isEqualTo(expected);
            assertThat(detail()).isNotBlank().doesNotContain("Exception");
            assertThat(trailers.get(RequestContextInterceptor.REQUEST_ID)).isNotBlank();
            return this;
        }
    }

    /** The failure of a call that must fail. */
    static Told failure(ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).as("the call must fail").isNotNull();
        return told(error);
    }

    static Told told(StatusRuntimeException error) {
        String reason = "";
        Optional<Long> retry = Optional.empty();
        com.google.rpc.Status status = StatusProto.fromThrowable(error);
        if (status != null) {
            for (Any detail : status.getDetailsList()) {
                try {
                    if (detail.is(ErrorInfo.class)) {
                        reason = detail.unpack(ErrorInfo.class).getReason();
                    } else if (detail.is(RetryInfo.class)) {
                        retry =
                                Optional.of(
                                        detail.unpack(RetryInfo.class)
                                                .getRetryDelay()
                                                .getSeconds());
                    }
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        Metadata trailers = error.getTrailers();
        return new Told(
                error.getStatus(), reason, retry, trailers == null ? new Metadata() : trailers);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
