package io.dmst.grpc;

import io.dmst.pipeline.PipelineProperties;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** The gRPC server's behaviour where its defaults do not fit uploads of images. */
@Configuration(proxyBeanMethods = false)
class GrpcConfiguration {

    /** Names, shapes and parameters beside the images. */
    private static final int BESIDE_IMAGES = 1 << 20;

    /**
     * What one connection may ask at a time; its client holds back the rest. More than can wait for
     * a model, so that a refusal is told and not waited for; but ten thousands that are read before
     * the first of them is refused would leave no processor to answer any.
     */
    static final int CALLS_PER_CONNECTION = 1000;

    /** Handlers that may wait have a thread of their own each, and they cost nothing. */
    @Bean(destroyMethod = "close")
    ExecutorService grpcHandlers() {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-", 0).factory());
    }

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> servedByLoops(Loops loops) {
        return loops::serve;
    }

    /** A message over the limit is cut off unread; below it, an answer says what is too large. */
    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> messagesMayHoldImages(PipelineProperties limits) {
        int most = Math.toIntExact(limits.maxRequestSize().toBytes() + BESIDE_IMAGES);
        return builder ->
                builder.maxInboundMessageSize(most)
                        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION);
    }
}
