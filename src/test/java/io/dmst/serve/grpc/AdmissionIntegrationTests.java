package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ExplainRequest;
import dmst.v1.ListModelsRequest;
import dmst.v1.VisionServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.ModelInferRequest;
import inference.ModelStatisticsRequest;
import io.dmst.DmstApplication;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Models;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Which calls are refused before they cost anything, and which are not. */
@Timeout(120)
class AdmissionIntegrationTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** A server of one model. */
    @TestConfiguration(proxyBeanMethods = false)
    static class OneModel {

        @Bean
        FakePredictor colours() {
            return new FakePredictor("1");
        }

        @Bean(destroyMethod = "close")
        Models models(FakePredictor colours) {
            return new Models(List.of(colours));
        }
    }

    private final ConfigurableApplicationContext server =
            new SpringApplication(OneModel.class, DmstApplication.class)
                    .run("--server.port=0", "--spring.grpc.server.port=0");
    private final FakePredictor model = server.getBean(FakePredictor.class);
    private final Channel channel =
            new Channel(server.getBean(GrpcServerLifecycle.class).getPort());

    @AfterEach
    void stop() {
        channel.close();
        server.close();
    }

    /** Its message may allow more time than the call, and the protocol counts what failed. */
    @Test
    void aRequestOfTheOpenInferenceProtocolIsReadAndCountedThere() {
        model.unready(true);
        GRPCInferenceServiceBlockingStub stub =
                GRPCInferenceServiceGrpc.newBlockingStub(channel.open());

        Channel.failure(() ->
                        stub.modelInfer(
                                ModelInferRequest.newBuilder().setModelName("colours").build()))
                .is(Status.Code.UNAVAILABLE, "NOT_READY");

        assertThat(
                        stub.modelStatistics(ModelStatisticsRequest.getDefaultInstance())
                                .getModelStats(0)
                                .getInferenceStats()
                                .getFail()
                                .getCount())
                .isEqualTo(1);
    }

    @Test
    void whatNeedsNoModelIsNotRefused() {
        model.unready(true);

        assertThat(
                        VisionServiceGrpc.newBlockingStub(channel.open())
                                .listModels(ListModelsRequest.getDefaultInstance())
                                .getModelsCount())
                .isEqualTo(1);
    }

    @Test
    void waitingCallsDoNotBlockOthersOfTheSameConnection() throws Exception {
        ByteString red = ByteString.copyFrom(Pictures.red());
        AtomicInteger wait = new AtomicInteger();
        model.answers(request -> {
            wait.incrementAndGet();
            return new CompletableFuture<>();
        });
        Stream.generate(() -> ExplainRequest.newBuilder().setImage(red).build())
                .limit(40)
                .forEach(VisionServiceGrpc.newFutureStub(channel.open())::explain);
        Stream.generate(() -> ClassifyRequest.newBuilder().addImages(red).addImages(red).build())
                .limit(40)
                .forEach(VisionServiceGrpc.newFutureStub(channel.open())::classify);
        Awaitility.await().atMost(LONG).until(() -> wait.get() == 3 * 40);
        model.tellsColours();

        for (int images : new int[] {1, 2}) {
            ClassifyRequest.Builder request = ClassifyRequest.newBuilder();
            Stream.generate(() -> red).limit(images).forEach(request::addImages);
            assertThat(
                            VisionServiceGrpc.newBlockingStub(channel.open())
                                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                                    .classify(request.build())
                                    .getResultsCount())
                    .isEqualTo(images);
        }
    }
}
