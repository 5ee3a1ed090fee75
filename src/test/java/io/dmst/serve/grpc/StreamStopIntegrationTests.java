package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.VisionServiceGrpc;
import io.dmst.DmstApplication;
import io.dmst.serve.http.FakeModels;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A stop that comes while a stream's message is being handed to its thread. */
class StreamStopIntegrationTests {

    private static final long HELD_MILLIS = 300;

    /** Whoever hands work over is held up then, as one is that must wait for a processor. */
    private static final class SlowHandover extends AbstractExecutorService {

        private final ExecutorService threads;

        SlowHandover(ExecutorService threads) {
            this.threads = threads;
        }

        @Override
        public void execute(Runnable task) {
            threads.execute(task);
            try {
                Thread.sleep(HELD_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void shutdown() {
            threads.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return threads.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return threads.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return threads.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return threads.awaitTermination(timeout, unit);
        }
    }

    /** Puts it before the service's threads; no configuration that others would find. */
    static final class Slowly {

        @Bean
        static BeanPostProcessor handovers() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return name.equals("grpcHandlers")
                            ? new SlowHandover((ExecutorService) bean)
                            : bean;
                }
            };
        }
    }

    @Test
    void whatIsBeingTakenIsAnsweredBeforeTheStreamEnds() throws Exception {
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        List<String> details = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (ConfigurableApplicationContext server =
                        new SpringApplication(Slowly.class, FakeModels.class, DmstApplication.class)
                                .run("--server.port=0", "--spring.grpc.server.port=0");
                Channel channel =
                        new Channel(server.getBean(GrpcServerLifecycle.class).getPort())) {
            server.getBean("newer", FakePredictor.class)
                    .answers(request -> {
                        asked.complete(true);
                        return outcome;
                    });
            StreamObserver<ClassifyStreamRequest> images =
                    VisionServiceGrpc.newStub(channel.open())
                            .classifyStream(
                                    new StreamObserver<>() {
                                        @Override
                                        public void onNext(ClassifyStreamResponse answer) {
                                            details.add(answer.getResult().getError().getDetail());
                                        }

                                        @Override
                                        public void onError(Throwable error) {
                                            ended.complete(true);
                                        }

                                        @Override
                                        public void onCompleted() {
                                            ended.complete(false);
                                        }
                                    });
            images.onNext(
                    ClassifyStreamRequest.newBuilder()
                            .setImage(ByteString.copyFrom(Pictures.red()))
                            .build());
            asked.get(30, TimeUnit.SECONDS);
            // the thread of the connection is still held up
            Thread stopping = Thread.ofVirtual().start(server::close);
            Thread.sleep(2 * HELD_MILLIS);
            outcome.complete(new Failure(FailureCode.INTERNAL, "late, but there"));

            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(details).containsExactly("late, but there");
            stopping.join();
        }
    }
}
