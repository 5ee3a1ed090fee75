package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.VisionServiceGrpc;
import io.dmst.DmstApplication;
import io.dmst.serve.http.FakeModels;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A server that stops leaves no call without an answer. */
@Timeout(120)
class StopUnderLoadIntegrationTests {

    private static final int CLIENTS = 8;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext server =
            new SpringApplication(FakeModels.class, DmstApplication.class)
                    .run(
                            "--server.port=0",
                            "--spring.grpc.server.port=0",
                            "--management.server.port=0");
    private final int port = server.getBean(GrpcServerLifecycle.class).getPort();
    private final FakePredictor model = server.getBean("newer", FakePredictor.class);

    @AfterEach
    void stop() {
        server.close();
    }

    private CompletableFuture<Outcome> later() {
        if (!model.ready()) {
            return CompletableFuture.completedFuture(
                    new Failure(FailureCode.NOT_READY, "the model takes no requests"));
        }
        return CompletableFuture.supplyAsync(
                () -> FakePredictor.RED,
                CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
    }

    /** How a client's last call ended; empty if as it must. */
    private List<String> visit(AtomicInteger answered) {
        ClassifyRequest request =
                ClassifyRequest.newBuilder().addImages(ByteString.copyFrom(Pictures.red())).build();
        try (Channel channel = new Channel(port)) {
            VisionServiceGrpc.VisionServiceBlockingStub stub =
                    VisionServiceGrpc.newBlockingStub(channel.open());
            while (true) {
                stub.classify(request);
                answered.incrementAndGet();
            }
        } catch (StatusRuntimeException e) {
            if (e.getCause() instanceof ConnectException) {
                return List.of(); // nothing was sent
            }
            Channel.Told told = Channel.told(e);
            return told.reason().equals("NOT_READY") && told.retrySeconds().isPresent()
                    ? List.of()
                    : List.of(e.toString());
        }
    }

    @RepeatedTest(3)
    void underFullLoadEveryCallIsAnsweredOrRefusedInOrder() throws Exception {
        model.answers(request -> later());
        AtomicInteger answered = new AtomicInteger();
        List<Future<List<String>>> visits = new ArrayList<>();
        try (ExecutorService clients = Executors.newThreadPerTaskExecutor(Thread::new)) {
            for (int i = 0; i < CLIENTS; i++) {
                visits.add(clients.submit(() -> visit(answered)));
            }
            await().atMost(LONG).until(() -> answered.get() > 10 * CLIENTS);
            server.close();
        }
        for (Future<List<String>> visit : visits) {
            assertThat(visit.get()).isEmpty();
        }
    }
}
