package io.dmst.serve.grpc;

import io.dmst.serve.predict.RequestProperties;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** The gRPC server's behaviour where its defaults do not fit uploads of images. */
@Configuration(proxyBeanMethods = false)
class GrpcConfiguration {

    /** Names, shapes and parameters beside the images. */
    private static final int BESIDE_IMAGES = 1 << 20;

    /** Calls of one connection at a time; its client holds back further ones. */
    static final int CALLS_PER_CONNECTION = 1000;

    /** As many calls as one connection may have, and a few more. */
    private static final int HANDLERS = CALLS_PER_CONNECTION + 300;

    private static final int IDLE_SECONDS = 30;

    /** Load balancers ping every ten seconds; more often than this ends the connection. */
    private static final int SHORTEST_PING_SECONDS = 5;

    /** Resets of calls within 30 seconds before the connection is ended. */
    private static final int RESETS = 1000;

    private static final int RESET_SECONDS = 30;

    /**
     * Handlers block on a platform thread each: on virtual threads a new call would wait behind the
     * decoding of all accepted ones before it could be refused.
     */
    @Bean(destroyMethod = "close")
    ExecutorService grpcHandlers() {
        ThreadPoolExecutor handlers =
                new ThreadPoolExecutor(
                        HANDLERS,
                        HANDLERS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("grpc-", 0).daemon().factory());
        handlers.allowCoreThreadTimeOut(true);
        return handlers;
    }

    /** A message over the limit is cut off unread; below it, the answer says what is too large. */
    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> messagesMayHoldImages(
            RequestProperties limits, ExecutorService grpcHandlers) {
        int most = Math.toIntExact(limits.maxSize().toBytes() + BESIDE_IMAGES);
        return builder ->
                builder.executor(grpcHandlers)
                        .maxInboundMessageSize(most)
                        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                        .permitKeepAliveTime(SHORTEST_PING_SECONDS, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .maxRstFramesPerWindow(RESETS, RESET_SECONDS);
    }
}
