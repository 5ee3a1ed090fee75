package io.dmst.bench;

import io.dmst.bench.Target.Answer;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObject;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpStatusClass;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection of HTTP/1.1, with one request at a time, of which it reads how it ended and not what
 * the answer says. For the thread of its channel alone.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {

    /** What a problem takes at most; what is longer is none of ours. */
    private static final int LARGEST_PROBLEM = 1 << 16;

    /** Whoever keeps the connections. */
    @FunctionalInterface
    interface Keeper {

        /**
         * Is told that a request has ended, before its answer is handed over, or that the
         * connection has.
         *
         * @param usable for a further request
         */
        void free(HttpConnection connection, boolean usable);
    }

    private final Channel channel;
    private final Keeper keeper;
    private final ByteArrayOutputStream problem = new ByteArrayOutputStream(0);
    private @Nullable Consumer<Answer> done;
    private @Nullable HttpResponse head;
    private long until;
    private long freeSince;

    HttpConnection(Channel channel, Keeper keeper) {
        this.channel = channel;
        this.keeper = keeper;
    }

    /**
     * Sends a request; the one before must have ended.
     *
     * @param until it is given up, ns
     */
    void send(FullHttpRequest request, long until, Consumer<Answer> done) {
        this.done = done;
        this.until = until;
        this.head = null;
        problem.reset();
        channel.writeAndFlush(request)
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        channel.close();
                        end(Answer.of("TRANSPORT"), false);
                    }
                });
    }

    /** Gives up a request that takes too long. */
    void look(long now) {
        if (until - now <= 0) {
            end(Answer.of("CLIENT_TIMEOUT"), false);
            channel.close();
        }
    }

    /**
     * Whether it has had no request for some time.
     *
     * @param now ns
     */
    boolean idle(long now, Duration time) {
        return done == null && now - freeSince > time.toNanos();
    }

    /** Ends the connection. */
    void close() {
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) throws IOException {
        if (part.decoderResult().isFailure()) {
            channel.close();
            return;
        }
        if (part instanceof HttpResponse response) {
            head = response;
        }
        HttpResponse response = head;
        if (response == null
                || response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                || !(part instanceof HttpContent content)) {
            return;
        }
        boolean ok = response.status().codeClass() == HttpStatusClass.SUCCESS;
        if (!ok && problem.size() < LARGEST_PROBLEM) {
            content.content().readBytes(problem, content.content().readableBytes());
        }
        if (content instanceof LastHttpContent) {
            boolean kept = HttpUtil.isKeepAlive(response) && channel.isActive();
            if (!kept) {
                channel.close();
            }
            end(answer(response, ok), kept);
        }
    }

    private Answer answer(HttpResponse response, boolean ok) {
        return new Answer(
                ok ? Target.OK : code(response.status().code(), problem.toByteArray()),
                response.headers().contains("Retry-After"),
                ServerTiming.stages(response.headers().get(ServerTiming.STAGES)),
                ServerTiming.batchSize(response.headers().get(ServerTiming.BATCH_SIZE)));
    }

    private void end(Answer answer, boolean kept) {
        Consumer<Answer> told = done;
        if (told != null) {
            done = null;
            freeSince = System.nanoTime();
            keeper.free(this, kept);
            told.accept(answer);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        keeper.free(this, false);
        end(Answer.of("TRANSPORT"), false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // the answer follows with the end of the channel
        channel.close();
    }

    /** Of the problem in the body, if it is one; else of those statuses that have one meaning. */
    private static String code(int status, byte[] body) {
        try {
            String code = JsonMapper.shared().readTree(body).path("code").asString("");
            if (code.matches("[A-Z_]{1,40}")) {
                return code;
            }
        } catch (JacksonException e) {
            return byStatus(status);
        }
        return byStatus(status);
    }

    private static String byStatus(int status) {
        return switch (status) {
            case 429 -> Target.OVERLOADED;
            case 503 -> "NOT_READY";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> "HTTP_" + status;
        };
    }
}
