package io.dmst.bench;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpClientCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderValues;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpMethod;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server that takes an image as the raw body of an HTTP/1.1 request. One thread has all
 * connections, each of which is kept for the next request: a thread per request took the client
 * twice the processor time, which matters where the server shares the processors.
 */
final class HttpTarget implements Target {

    /** What a connection may take to come about, and an answer over its deadline. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /**
     * That an open loop uses at a time. A client without a bound opens thousands after a stall of
     * the server, and with them it left the server on the same machine no time to recover.
     */
    private static final int CONNECTIONS = 512;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Between two looks at what takes too long: a timer for each request would cost more. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /**
     * After which a connection without a request is ended, before servers do so: a request may meet
     * a connection that is just being ended else, and a server ends hundreds at a time that a burst
     * of requests has left, in the midst of a measurement.
     */
    private static final Duration IDLE = Duration.ofSeconds(4);

    private static final int ENDED_AT_A_LOOK = 4;

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final ClientLoop loop = new ClientLoop("http-client");
    private final Bootstrap bootstrap;
    private final String host;
    private final String path;
    private final Encoding encoding;
    private final @Nullable String requestTimeout;
    private final Duration patience;
    private final Duration leisure;

    /** Of the loop's thread alone, as the connections themselves. */
    private final Set<HttpConnection> busy = new HashSet<>();

    private final Deque<HttpConnection> idle = new ArrayDeque<>();

    /**
     * @param address that requests are posted to
     * @param encoding of their bodies
     */
    HttpTarget(URI address, Encoding encoding, @Nullable Duration timeout) {
        this(address, encoding, timeout, timeout == null ? PATIENCE : timeout.plus(GRACE), IDLE);
    }

    /**
     * @param patience after which an answer is given up
     * @param leisure after which a connection without a request is ended
     */
    HttpTarget(
            URI address,
            Encoding encoding,
            @Nullable Duration timeout,
            Duration patience,
            Duration leisure) {
        boolean secure = address.getScheme().equals("https");
        int port = address.getPort() < 0 ? secure ? HTTPS : HTTP : address.getPort();
        this.host = address.getRawAuthority();
        this.path =
                address.getRawPath()
                        + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
        this.encoding = encoding;
        this.requestTimeout =
                timeout == null
                        ? null
                        : String.format(Locale.ROOT, "%.6f", timeout.toNanos() / 1e9);
        this.patience = patience;
        this.leisure = leisure;
        this.bootstrap =
                new Bootstrap()
                        .group(loop.group())
                        .channel(loop.channelType())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(GRACE.toMillis()))
                        .remoteAddress(address.getHost(), port)
                        .handler(new Pipeline(secure ? encryption() : null, address, port));
        loop.thread()
                .scheduleWithFixedDelay(
                        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static SslContext encryption() {
        try {
            return SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        } catch (IOException e) {
            throw new UncheckedIOException("no encryption: " + e.getMessage(), e);
        }
    }

    @Override
    public void begin(byte[] image, Consumer<Answer> done) {
        if (loop.thread().inEventLoop()) {
            send(image, done);
        } else {
            loop.thread().execute(() -> send(image, done));
        }
    }

    @Override
    public int atATime() {
        return CONNECTIONS;
    }

    @Override
    public Optional<ScheduledExecutorService> sender() {
        return loop.sender();
    }

    private void send(byte[] image, Consumer<Answer> done) {
        FullHttpRequest request = request(encoding.of(image));
        HttpConnection connection = idle.pollFirst();
        if (connection == null) {
            bootstrap
                    .connect()
                    .addListener((ChannelFuture made) -> {
                        if (made.isSuccess()) {
                            send(
                                    made.channel().pipeline().get(HttpConnection.class),
                                    request,
                                    done);
                        } else {
                            request.release();
                            done.accept(Answer.of("CONNECT"));
                        }
                    });
        } else {
            send(connection, request, done);
        }
    }

    private void send(HttpConnection connection, FullHttpRequest request, Consumer<Answer> done) {
        busy.add(connection);
        connection.send(request, System.nanoTime() + patience.toNanos(), done);
    }

    private FullHttpRequest request(Encoding.Message message) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        path,
                        Unpooled.wrappedBuffer(message.body()));
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.CONTENT_LENGTH, message.body().length)
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        message.headers().forEach(request.headers()::set);
        if (requestTimeout != null) {
            request.headers().set("Request-Timeout", requestTimeout);
        }
        return request;
    }

    /** Is told by a connection, before its answer, that it has no request any more. */
    private void free(HttpConnection connection, boolean usable) {
        busy.remove(connection);
        if (usable) {
            idle.addFirst(connection);
        } else {
            idle.remove(connection);
        }
    }

    private void look() {
        long now = System.nanoTime();
        for (HttpConnection connection : List.copyOf(busy)) {
            connection.look(now);
        }
        for (int i = 0; i < ENDED_AT_A_LOOK; i++) {
            HttpConnection longest = idle.peekLast();
            if (longest == null || !longest.idle(now, leisure)) {
                return;
            }
            idle.removeLast();
            longest.close();
        }
    }

    @Override
    public void close() {
        loop.close();
    }

    /** What each connection consists of. */
    private final class Pipeline extends ChannelInitializer<SocketChannel> {

        private final @Nullable SslContext encryption;
        private final URI address;
        private final int port;

        Pipeline(@Nullable SslContext encryption, URI address, int port) {
            this.encryption = encryption;
            this.address = address;
            this.port = port;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (encryption != null) {
                channel.pipeline()
                        .addLast(encryption.newHandler(channel.alloc(), address.getHost(), port));
            }
            channel.pipeline()
                    .addLast(new HttpClientCodec())
                    .addLast(new HttpConnection(channel, HttpTarget.this::free));
        }
    }
}
