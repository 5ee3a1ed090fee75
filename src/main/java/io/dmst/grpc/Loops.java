package io.dmst.grpc;

import io.dmst.scheduling.Precedence;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SingleThreadIoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The threads of gRPC's connections, one for each processor. A connection has one of them, which
 * reads it, calls the services and writes; it must not wait. Safe for use by several threads.
 */
@Component
final class Loops implements DisposableBean {

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group =
            new LoopGroup(epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    private static final class LoopGroup extends MultiThreadIoEventLoopGroup {

        LoopGroup(IoHandlerFactory handlers) {
            super(
                    Runtime.getRuntime().availableProcessors(),
                    new DefaultThreadFactory(Precedence.GRPC, true),
                    handlers);
        }

        @Override
        protected IoEventLoop newChild(
                Executor executor, IoHandlerFactory handlers, Object... more) {
            return new Loop(this, executor, handlers);
        }
    }

    /**
     * With queues that whoever takes from never waits at. Netty's own has its consumer turn in a
     * loop while a producer is between two writes; in real time ({@link Precedence}) it would turn
     * until Linux takes the processor away for the producer that it has interrupted there.
     */
    private static final class Loop extends SingleThreadIoEventLoop {

        Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
            super(
                    group,
                    executor,
                    handlers,
                    new ConcurrentLinkedQueue<>(),
                    new ConcurrentLinkedQueue<>(),
                    RejectedExecutionHandlers.reject());
        }
    }

    /** Lets a server have them. */
    void serve(NettyServerBuilder builder) {
        builder.channelType(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .directExecutor();
    }

    /**
     * The one that this thread is, to go on there with what was begun here: it writes an answer
     * without waking another. Where it is none, whoever brings work does it.
     */
    Executor current() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return Runnable::run;
    }

    @Override
    public void destroy() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
