package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import io.dmst.serve.gateway.SplitModel.Where;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Outputs of the Open Inference Protocol of a model with the membership head, on a node and through
 * a gateway: contributions and bias of every image sum to its logit.
 */
class MembershipOutputsIntegrationTests {

    private static final int PIXELS = 12 * 20 * 3;
    private static final List<String> OUTPUTS =
            List.of("logits", "contribution", "contribution_bias");

    @TempDir private static Path directory = Path.of("");

    private static SplitModel model;

    @BeforeAll
    static void start() throws IOException {
        model = SplitModel.serve(directory);
    }

    @AfterAll
    static void stop() {
        model.close();
    }

    private static byte[] pixels(int images) {
        byte[] pixels = new byte[images * PIXELS];
        new SplittableRandom(images).nextBytes(pixels);
        return pixels;
    }

    private static ModelInferRequest.Builder request(int images) {
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder()
                        .setModelName("split")
                        .addInputs(
                                InferInputTensor.newBuilder()
                                        .setName("pixels")
                                        .setDatatype("UINT8")
                                        .addAllShape(List.of((long) images, 12L, 20L, 3L)))
                        .addRawInputContents(ByteString.copyFrom(pixels(images)));
        OUTPUTS.forEach(
                name -> request.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name)));
        return request;
    }

    /** Each image's parts and bias must sum to the logit of a class, the best one below 0. */
    private static void check(int images, int index, List<float[]> outputs) {
        assertThat(outputs.get(1)).hasSize(images * SplitModel.K * SplitModel.PLACES);
        for (int image = 0; image < images; image++) {
            int c = index;
            for (int other = 0; index < 0 && other < SplitModel.CLASSES; other++) {
                float[] logits = outputs.get(0);
                if (c < 0
                        || logits[image * SplitModel.CLASSES + other]
                                > logits[image * SplitModel.CLASSES + c]) {
                    c = other;
                }
            }
            double sum = outputs.get(2)[image];
            for (int i = 0; i < SplitModel.K * SplitModel.PLACES; i++) {
                sum += outputs.get(1)[image * SplitModel.K * SplitModel.PLACES + i];
            }
            assertThat(sum).isCloseTo(outputs.get(0)[image * SplitModel.CLASSES + c], within(1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void theOutputsOverGrpcSumToTheLogitOfEveryImage(Where where) {
        Map<InferParameter, Integer> classes = new HashMap<>();
        classes.put(InferParameter.newBuilder().setStringParam("red fox").build(), 1);
        classes.put(InferParameter.newBuilder().setStringParam("7").build(), 3);
        classes.put(InferParameter.newBuilder().setStringParam("predicted").build(), -1);
        classes.put(InferParameter.newBuilder().setInt64Param(2).build(), 2);
        classes.forEach((parameter, index) -> {
            ModelInferResponse answer =
                    model.infer(where, request(3).putParameters("class", parameter).build());
            assertThat(answer.getOutputs(1).getShapeList())
                    .containsExactly(3L, (long) SplitModel.K, 3L, 5L);
            assertThat(answer.getOutputs(2).getShapeList()).containsExactly(3L);
            check(3, index, outputs(answer));
        });
        check(1, -1, outputs(model.infer(where, request(1).build())));
        assertThatThrownBy(() ->
                        model.infer(
                                where,
                                request(1)
                                        .putParameters(
                                                "class",
                                                InferParameter.newBuilder()
                                                        .setStringParam("dog")
                                                        .build())
                                        .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("red fox");
    }

    private static List<float[]> outputs(ModelInferResponse answer) {
        return answer.getRawOutputContentsList().stream().map(SplitModel::floats).toList();
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void theOutputsOverHttpSumToTheLogitOfEveryImage(Where where) {
        for (String parameters :
                List.of(
                        "",
                        "\"parameters\":{\"class\":\"red fox\"},",
                        "\"parameters\":{\"class\":1},")) {
            HttpResponse<byte[]> answer = post(where, parameters);
            assertThat(answer.statusCode())
                    .as(new String(answer.body(), StandardCharsets.UTF_8))
                    .isEqualTo(200);
            List<float[]> found = new ArrayList<>();
            for (JsonNode output : SplitModel.json(answer).path("outputs")) {
                float[] values = new float[output.path("data").size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = output.path("data").path(i).floatValue();
                }
                found.add(values);
            }
            check(2, parameters.isEmpty() ? -1 : 1, found);
        }
        HttpResponse<byte[]> refused = post(where, "\"parameters\":{\"class\":\"dog\"},");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(SplitModel.json(refused).path("error").asString()).contains("dog", "red fox");
    }

    private static HttpResponse<byte[]> post(Where where, String parameters) {
        byte[] pixels = pixels(2);
        List<String> numbers = new ArrayList<>();
        for (byte pixel : pixels) {
            numbers.add(String.valueOf(pixel & 0xff));
        }
        String body =
                """
                {%s"inputs":[{"name":"pixels","datatype":"UINT8","shape":[2,12,20,3],"data":[%s]}],
                 "outputs":[%s]}\
                """
                        .formatted(
                                parameters,
                                String.join(",", numbers),
                                OUTPUTS.stream()
                                        .map("{\"name\":\"%s\"}"::formatted)
                                        .collect(Collectors.joining(",")));
        return model.send(
                HttpRequest.newBuilder(model.uri(where, "/v2/models/split/infer"))
                        .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void theContributionsAreListedAndAnsweredByNameAlone() {
        ManagedChannel channel = model.channel(Where.NODE);
        try {
            assertThat(
                            GRPCInferenceServiceGrpc.newBlockingStub(channel)
                                    .modelMetadata(
                                            ModelMetadataRequest.newBuilder()
                                                    .setName("split")
                                                    .build())
                                    .getOutputsList())
                    .filteredOn(output -> output.getName().startsWith("contribution"))
                    .extracting(output -> output.getName() + output.getShapeList())
                    .containsExactly("contribution[-1, 5, 3, 5]", "contribution_bias[-1]");
        } finally {
            channel.shutdownNow();
        }
        assertThat(model.infer(Where.NODE, request(1).clearOutputs().build()).getOutputsList())
                .extracting(ModelInferResponse.InferOutputTensor::getName)
                .containsExactly("probabilities", "logits");
    }
}
