package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyResponse;
import dmst.v1.GetModelRequest;
import dmst.v1.GetModelResponse;
import dmst.v1.ListModelsRequest;
import dmst.v1.ModelEntry;
import dmst.v1.VisionServiceGrpc;
import dmst.v1.VisionServiceGrpc.VisionServiceBlockingStub;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.http.ServerTest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

@ServerTest
class VisionIntegrationTests {

    private final Channel channel;
    private final VisionServiceBlockingStub stub;
    private final MeterRegistry meters;

    VisionIntegrationTests(@Autowired GrpcServerLifecycle server, @Autowired MeterRegistry meters) {
        channel = new Channel(server.getPort());
        stub = VisionServiceGrpc.newBlockingStub(channel.open());
        this.meters = meters;
    }

    @AfterEach
    void close() {
        channel.close();
    }

    private static ClassifyRequest.Builder images(byte[]... files) {
        ClassifyRequest.Builder request = ClassifyRequest.newBuilder();
        for (byte[] file : files) {
            request.addImages(ByteString.copyFrom(file));
        }
        return request;
    }

    private static List<String> labels(ClassifyResponse response) {
        return response.getResultsList().stream()
                .map(result ->
                        result.hasError()
                                ? result.getError().getCode()
                                : result.getClassification().getPredictions(0).getLabel())
                .toList();
    }

    @Test
    void eachImageIsAnsweredInItsPlace() {
        ClassifyResponse response =
                stub.classify(
                        images(Pictures.red(), new byte[0], Pictures.green(), Pictures.blue())
                                .build());
        assertThat(labels(response)).containsExactly("red", "INVALID_IMAGE", "green", "blue");
        assertThat(response.getResults(1).getError().getDetail()).isNotBlank();
        assertThat(response.getModel().getName()).isEqualTo("colours");
        assertThat(response.getModel().getVersion()).isEqualTo("2");
        assertThat(response.getModel().getDigest()).startsWith("sha256:");
    }

    @Test
    void asManyClassesAreAnsweredAsAreAskedFor() {
        ClassifyRequest.Builder red = images(Pictures.red());
        assertThat(predictions(red)).isEqualTo(3);
        assertThat(predictions(red.setTopK(2))).isEqualTo(2);
        assertThat(predictions(red.setTopK(Integer.MAX_VALUE))).isEqualTo(3);
        double sum =
                stub
                        .classify(red.build())
                        .getResults(0)
                        .getClassification()
                        .getPredictionsList()
                        .stream()
                        .mapToDouble(p -> p.getProbability())
                        .sum();
        assertThat(sum).isCloseTo(1, within(1e-6));
    }

    private int predictions(ClassifyRequest.Builder request) {
        return stub.classify(request.build())
                .getResults(0)
                .getClassification()
                .getPredictionsCount();
    }

    @Test
    void aModelAndAVersionCanBeNamed() {
        ClassifyRequest.Builder request = images(Pictures.red()).setModel("colours");
        assertThat(stub.classify(request.setVersion("1").build()).getModel().getVersion())
                .isEqualTo("1");
        List<ModelEntry> models =
                stub.listModels(ListModelsRequest.getDefaultInstance()).getModelsList();
        assertThat(models)
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getName()).isEqualTo("colours");
                    assertThat(entry.getVersionsList()).containsExactly("1", "2");
                    assertThat(entry.getIsDefault()).isTrue();
                });
    }

    @Test
    void aModelIsDescribed() {
        GetModelResponse model =
                stub.getModel(GetModelRequest.newBuilder().setModel("colours").build());
        assertThat(model.getClassesList()).containsExactly("red", "green", "blue");
        assertThat(model.getImageHeight()).isEqualTo(4);
        assertThat(model.getImageWidth()).isEqualTo(6);
        assertThat(model.getAccuracy()).isEqualTo(0.875);
        assertThat(model.getConfigJson()).contains("\"embed_dim\"");
        assertThat(model.getCardFactsJson()).contains("apache-2.0");
        assertThat(model.getCardText()).contains("Tells red, green and blue.");
    }

    @Test
    void theIdOfARequestComesBackAndAHarmfulOneIsReplaced() {
        assertThat(idOfAnAnswerTo("trace-7/a")).isEqualTo("trace-7/a");
        assertThat(idOfAnAnswerTo("a b;c")).hasSize(36);
    }

    private String idOfAnAnswerTo(String id) {
        return String.valueOf(metadata(id)[0].get(RequestContextInterceptor.REQUEST_ID));
    }

    /** Headers and trailers. */
    private Metadata[] metadata(String id) {
        Metadata sent = new Metadata();
        sent.put(RequestContextInterceptor.REQUEST_ID, id);
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        stub.withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(sent),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                .classify(images(Pictures.red()).build());
        return new Metadata[] {headers.get(), trailers.get()};
    }

    @Test
    void everyAnswerSaysWhereItsTimeWent() {
        Metadata trailers = metadata("x")[1];
        assertThat(trailers.get(RequestContextInterceptor.SERVER_TIMING))
                .matches("decode;dur=[0-9.]+, queue;dur=2\\.000, compute;dur=3\\.000");
        assertThat(trailers.get(RequestContextInterceptor.BATCH_SIZE)).isEqualTo("4");
    }

    @Test
    void callsAreCounted() {
        double before = counted("ok");
        double refused = counted("invalid_image");
        stub.classify(images(Pictures.red()).build());
        Channel.failure(() -> stub.classify(images(new byte[0]).build()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        counted("ok") == before + 1 && counted("invalid_image") == refused + 1);
    }

    private double counted(String outcome) {
        return meters
                .find("dmst.requests")
                .tags(
                        "protocol",
                        "grpc",
                        "operation",
                        "classify",
                        "model",
                        "colours",
                        "outcome",
                        outcome)
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
