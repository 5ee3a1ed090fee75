package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.ExplainRequest;
import dmst.v1.GetModelRequest;
import dmst.v1.ListModelsRequest;
import dmst.v1.VisionServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelConfigRequest;
import inference.ModelInferRequest;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import inference.ModelStreamInferResponse;
import inference.ServerMetadataRequest;
import io.dmst.serve.predict.Models;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Over gRPC a gateway answers what its node answers, to the last bit. */
class SameAnswersOverGrpcIntegrationTests {

    private static final Process node = Process.node(0);
    private static final Process gateway = Process.gateway("localhost:" + node.grpcPort());
    private static final List<ManagedChannel> channels = List.of(channel(node), channel(gateway));

    private static ByteString cat = ByteString.EMPTY;

    private static ManagedChannel channel(Process instance) {
        return NettyChannelBuilder.forAddress("localhost", instance.grpcPort())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    @BeforeAll
    static void start() throws Exception {
        cat =
                ByteString.copyFrom(
                        Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png")));
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.bean(Models.class).ready());
    }

    @AfterAll
    static void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        gateway.close();
        node.close();
    }

    /** The answer, or the words of the refusal. */
    private static Object answer(Function<ManagedChannel, ?> call, ManagedChannel channel) {
        try {
            return call.apply(channel);
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }

    private static Object same(Function<ManagedChannel, ?> call) {
        Object local = answer(call, channels.get(0));
        assertThat(answer(call, channels.get(1))).isEqualTo(local);
        return local;
    }

    private static VisionServiceGrpc.VisionServiceBlockingStub vision(ManagedChannel channel) {
        return VisionServiceGrpc.newBlockingStub(channel);
    }

    private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub open(
            ManagedChannel channel) {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @Test
    void imagesAreClassifiedAlike() {
        ClassifyRequest request =
                ClassifyRequest.newBuilder()
                        .addImages(cat)
                        .addImages(ByteString.copyFromUtf8("no image"))
                        .addImages(cat)
                        .setTopK(10)
                        .setCodingRate(true)
                        .build();
        assertThat(same(channel -> vision(channel).classify(request))).isInstanceOf(Message.class);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
    void anImageIsExplainedAlike(ExplainRequest.Format format) {
        ExplainRequest request =
                ExplainRequest.newBuilder().setImage(cat).setFormat(format).setTopK(10).build();
        assertThat(same(channel -> vision(channel).explain(request))).isInstanceOf(Message.class);
    }

    @Test
    void modelsAreDescribedAlike() {
        same(channel -> vision(channel).listModels(ListModelsRequest.getDefaultInstance()));
        same(channel -> vision(channel).getModel(GetModelRequest.getDefaultInstance()));
        same(channel -> open(channel).serverMetadata(ServerMetadataRequest.getDefaultInstance()));
        String name = OpenInference.MODEL;
        same(channel ->
                open(channel).modelReady(ModelReadyRequest.newBuilder().setName(name).build()));
        same(channel ->
                open(channel)
                        .modelMetadata(ModelMetadataRequest.newBuilder().setName(name).build()));
        same(channel ->
                open(channel).modelConfig(ModelConfigRequest.newBuilder().setName(name).build()));
    }

    @Test
    void refusalsAreAlike() {
        assertThat(same(channel -> vision(channel).classify(ClassifyRequest.getDefaultInstance())))
                .asString()
                .startsWith("INVALID_ARGUMENT");
        ClassifyRequest unknown =
                ClassifyRequest.newBuilder().addImages(cat).setModel("none").build();
        assertThat(same(channel -> vision(channel).classify(unknown)))
                .asString()
                .startsWith("NOT_FOUND");
        ExplainRequest layer = ExplainRequest.newBuilder().setImage(cat).setLayers("99").build();
        assertThat(same(channel -> vision(channel).explain(layer)))
                .asString()
                .startsWith("INVALID_ARGUMENT");
        ModelInferRequest output = OpenInference.request(1, List.of("nothing"));
        assertThat(same(channel -> open(channel).modelInfer(output)))
                .asString()
                .startsWith("INVALID_ARGUMENT");
    }

    static List<String> outputs() {
        return OpenInference.outputs(node);
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void everyOutputOfTheOpenProtocolIsAlike(String output) {
        ModelInferRequest request = OpenInference.request(2, List.of(output));
        assertThat(same(channel -> open(channel).modelInfer(request))).isInstanceOf(Message.class);
    }

    @Test
    void manyImagesWithEveryOutputAreAnsweredAlike() {
        ModelInferRequest request = OpenInference.request(32, outputs());
        assertThat(same(channel -> open(channel).modelInfer(request))).isInstanceOf(Message.class);
    }

    /** Sends all messages at once and waits for the answers. */
    private static <Q, A> List<A> stream(
            Function<StreamObserver<A>, StreamObserver<Q>> call, List<Q> messages) {
        List<A> answers = new ArrayList<>();
        CompletableFuture<List<A>> all = new CompletableFuture<>();
        StreamObserver<Q> requests =
                call.apply(
                        new StreamObserver<>() {
                            @Override
                            public void onNext(A answer) {
                                answers.add(answer);
                            }

                            @Override
                            public void onError(Throwable error) {
                                all.completeExceptionally(error);
                            }

                            @Override
                            public void onCompleted() {
                                all.complete(answers);
                            }
                        });
        messages.forEach(requests::onNext);
        requests.onCompleted();
        return all.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Test
    void streamsAreAnsweredAlike() {
        List<ClassifyStreamRequest> images = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            images.add(
                    ClassifyStreamRequest.newBuilder()
                            .setId("image " + i)
                            .setImage(i % 7 == 3 ? ByteString.copyFromUtf8("no image") : cat)
                            .setCodingRate(true)
                            .build());
        }
        same(channel -> {
            List<ClassifyStreamResponse> answers =
                    stream(VisionServiceGrpc.newStub(channel)::classifyStream, images);
            assertThat(answers).hasSize(20);
            return answers;
        });
        List<ModelInferRequest> pixels =
                List.of(
                        OpenInference.request(1, List.of()),
                        OpenInference.request(3, List.of("membership")),
                        OpenInference.request(1, List.of("nothing")));
        same(channel -> {
            List<ModelStreamInferResponse> answers =
                    stream(GRPCInferenceServiceGrpc.newStub(channel)::modelStreamInfer, pixels);
            assertThat(answers).hasSize(3);
            return answers;
        });
    }
}
