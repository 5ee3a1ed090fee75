package io.dmst.bench;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Drainable;
import io.grpc.InsecureChannelCredentials;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server that takes an image as the one message of a gRPC call. Messages are bytes that were made
 * before, and the network's own thread hands the answer to the thread that waits: one connection,
 * no pool of threads, nothing parsed but the metadata.
 */
final class GrpcTarget implements Target {

    private static final int LARGEST_ANSWER = 64 << 20;
    private static final Metadata.Key<String> STAGES = key(ServerTiming.STAGES);
    private static final Metadata.Key<String> BATCH_SIZE = key(ServerTiming.BATCH_SIZE);

    private final ClientLoop loop = new ClientLoop("grpc-client");
    private final ManagedChannel channel;
    private final MethodDescriptor<byte[], byte[]> method;
    private final Encoding encoding;
    private final @Nullable Duration timeout;

    /**
     * @param address of which host and port matter
     * @param method that is called
     * @param encoding of its messages
     */
    GrpcTarget(
            URI address,
            MethodDescriptor<?, ?> method,
            Encoding encoding,
            @Nullable Duration timeout) {
        this.channel =
                builder(address)
                        .eventLoopGroup(loop.group())
                        .channelType(loop.channelType())
                        .build();
        this.method =
                MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(method.getFullMethodName())
                        .build();
        this.encoding = encoding;
        this.timeout = timeout;
    }

    /** A connection without encryption, whose own thread runs what listens to it. */
    static ManagedChannel channel(URI address) {
        return builder(address).build();
    }

    private static NettyChannelBuilder builder(URI address) {
        return NettyChannelBuilder.forAddress(
                        address.getHost(), address.getPort(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(LARGEST_ANSWER)
                .directExecutor()
                .disableRetry();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public void begin(byte[] image, Consumer<Answer> done) {
        byte[] message = encoding.of(image).body();
        CallOptions options =
                timeout == null
                        ? CallOptions.DEFAULT
                        : CallOptions.DEFAULT.withDeadlineAfter(
                                timeout.toNanos(), TimeUnit.NANOSECONDS);
        ClientCall<byte[], byte[]> call = channel.newCall(method, options);
        call.start(new Listener(done), new Metadata());
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
    }

    @Override
    public Optional<ScheduledExecutorService> sender() {
        return loop.sender();
    }

    private static final class Listener extends ClientCall.Listener<byte[]> {

        private final Consumer<Answer> done;

        Listener(Consumer<Answer> done) {
            this.done = done;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            done.accept(
                    status.isOk()
                            ? new Answer(
                                    OK,
                                    false,
                                    ServerTiming.stages(trailers.get(STAGES)),
                                    ServerTiming.batchSize(trailers.get(BATCH_SIZE)))
                            : failed(status, trailers));
        }
    }

    private static Answer failed(Status status, Metadata trailers) {
        com.google.rpc.Status told = StatusProto.fromStatusAndTrailers(status, trailers);
        String code = code(status);
        boolean retry = false;
        try {
            for (Any detail : told.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    code = detail.unpack(ErrorInfo.class).getReason();
                }
                retry |= detail.is(RetryInfo.class);
            }
        } catch (InvalidProtocolBufferException e) {
            return Answer.of(code);
        }
        return new Answer(code, retry, ServerTiming.stages(trailers.get(STAGES)), 0);
    }

    /** Of a call whose server named no failure of its own: the client's words for it. */
    private static String code(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> refused(status.getCause()) ? "CONNECT" : "TRANSPORT";
            case DEADLINE_EXCEEDED -> "CLIENT_TIMEOUT";
            default -> "GRPC_" + status.getCode();
        };
    }

    private static boolean refused(@Nullable Throwable cause) {
        return cause instanceof ConnectException || cause != null && refused(cause.getCause());
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.close();
    }

    /**
     * Messages as they are on the wire. Neither way takes a buffer besides: two of them were four
     * fifths of all that a request left to the garbage collector, whose pauses are measured too.
     */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new MessageStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream instanceof KnownLength
                        ? stream.readNBytes(stream.available())
                        : stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class MessageStream extends ByteArrayInputStream
            implements Drainable, KnownLength {

        MessageStream(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }
}
