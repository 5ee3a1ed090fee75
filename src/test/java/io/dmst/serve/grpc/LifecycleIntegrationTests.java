package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Health, reflection, and what becomes of streams when the server stops. */
class LifecycleIntegrationTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext server =
            new SpringApplication(FakeModels.class, DmstApplication.class)
                    .run("--server.port=0", "--spring.grpc.server.port=0");
    private final Channel channel =
            new Channel(server.getBean(GrpcServerLifecycle.class).getPort());

    @AfterEach
    void stop() {
        channel.close();
        server.close();
    }

    /** Whatever comes on a stream, and how it ends. */
    private static final class Heard<T> implements StreamObserver<T> {

        private final List<T> messages = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Status.Code> end = new CompletableFuture<>();

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            end.complete(Status.fromThrowable(error).getCode());
        }

        @Override
        public void onCompleted() {
            end.complete(Status.Code.OK);
        }
    }

    private Heard<HealthCheckResponse> watch(String service) {
        Heard<HealthCheckResponse> heard = new Heard<>();
        HealthGrpc.newStub(channel.open())
                .watch(HealthCheckRequest.newBuilder().setService(service).build(), heard);
        return heard;
    }

    private static List<ServingStatus> statuses(Heard<HealthCheckResponse> heard) {
        return heard.messages.stream().map(HealthCheckResponse::getStatus).toList();
    }

    @Test
    void healthFollowsTheModelsForEveryService() {
        for (String service :
                List.of("", VisionServiceGrpc.SERVICE_NAME, "inference.GRPCInferenceService")) {
            assertThat(check(service)).isEqualTo(ServingStatus.SERVING);
        }
        assertThat(Channel.failure(() -> check("no.such.Service")).status().getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        Heard<HealthCheckResponse> heard = watch(VisionServiceGrpc.SERVICE_NAME);
        await().atMost(LONG).until(() -> statuses(heard).equals(List.of(ServingStatus.SERVING)));
        server.getBean("newer", FakePredictor.class).close();
        await().atMost(LONG)
                .until(() ->
                        statuses(heard)
                                .equals(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)));
        assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    private ServingStatus check(String service) {
        return HealthGrpc.newBlockingStub(channel.open())
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    @Test
    void whoeverWatchesIsToldOfTheStopAndDoesNotHoldItUp() {
        Heard<HealthCheckResponse> heard = watch("");
        await().atMost(LONG).until(() -> !heard.messages.isEmpty());
        server.close();
        assertThat(heard.end.orTimeout(30, TimeUnit.SECONDS).join())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(statuses(heard))
                .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
    }

    @Test
    void aStopAnswersWhatAStreamHasTakenAndThenEndsIt() throws Exception {
        CompletableFuture<Outcome> slow = new CompletableFuture<>();
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        server.getBean("newer", FakePredictor.class)
                .answers(request -> {
                    asked.complete(true);
                    return slow;
                });
        Heard<ClassifyStreamResponse> heard = new Heard<>();
        StreamObserver<ClassifyStreamRequest> images =
                VisionServiceGrpc.newStub(channel.open()).classifyStream(heard);
        images.onNext(
                ClassifyStreamRequest.newBuilder()
                        .setId("a")
                        .setImage(ByteString.copyFrom(Pictures.red()))
                        .build());
        asked.get(30, TimeUnit.SECONDS);
        Thread stopping = Thread.ofVirtual().start(server::close);
        await().atMost(LONG)
                .until(() -> server.getBean(GrpcServerLifecycle.class).isRunning() == false);
        assertThat(heard.messages).isEmpty();
        slow.complete(new Failure(FailureCode.INTERNAL, "late, but there"));
        assertThat(heard.end.orTimeout(30, TimeUnit.SECONDS).join())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(heard.messages)
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.getResult().getError().getDetail())
                                .isEqualTo("late, but there"));
        stopping.join(LONG);
        assertThat(stopping.isAlive()).isFalse();
    }

    @Test
    void reflectionListsTheServices() {
        Heard<ServerReflectionResponse> heard = new Heard<>();
        StreamObserver<ServerReflectionRequest> asking =
                ServerReflectionGrpc.newStub(channel.open()).serverReflectionInfo(heard);
        asking.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());
        asking.onCompleted();
        assertThat(heard.end.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(Status.Code.OK);
        assertThat(heard.messages.getFirst().getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains(
                        "dmst.v1.VisionService",
                        "inference.GRPCInferenceService",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection");
    }
}
