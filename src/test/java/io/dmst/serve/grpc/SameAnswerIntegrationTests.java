package io.dmst.serve.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.Prediction;
import dmst.v1.VisionServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import io.dmst.DmstApplication;
import io.dmst.serve.http.Pictures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One image of the bundled model has one answer, whatever is spoken and whoever is beside it. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class,
        properties = "management.server.port=0")
@Timeout(300)
class SameAnswerIntegrationTests {

    private static final int CLASSES = 10;
    private static final int IMAGES = 12;
    private static final List<byte[]> FILES =
            IntStream.range(0, IMAGES).mapToObj(i -> Pictures.noise("png", 24 + i)).toList();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final Channel channel;

    SameAnswerIntegrationTests(@Autowired GrpcServerLifecycle server, @LocalServerPort int port) {
        base = URI.create("http://localhost:" + port);
        channel = new Channel(server.getPort());
    }

    @AfterEach
    void close() {
        channel.close();
        http.close();
    }

    private JsonNode post(String path, String type, byte[] body)
            throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(
                        http.send(
                                        HttpRequest.newBuilder(base.resolve(path))
                                                .header("Content-Type", type)
                                                .POST(BodyPublishers.ofByteArray(body))
                                                .build(),
                                        BodyHandlers.ofString())
                                .body());
    }

    /** Bits of the probabilities by class. */
    private static List<Integer> bits(JsonNode result) {
        int[] bits = new int[CLASSES];
        for (JsonNode prediction : result.path("predictions")) {
            bits[prediction.path("index").asInt()] =
                    Float.floatToRawIntBits(prediction.path("probability").asFloat());
        }
        return IntStream.of(bits).boxed().toList();
    }

    private List<List<Integer>> rest(byte[] file) throws Exception {
        return List.of(
                bits(
                        post("/v1/classify?top_k=10", "application/octet-stream", file)
                                .path("results")
                                .path(0)));
    }

    private List<List<Integer>> restTogether() throws Exception {
        String images =
                FILES.stream()
                        .map(file -> Base64.getEncoder().encodeToString(file))
                        .collect(
                                Collectors.joining(
                                        "\"},{\"b64\":\"", "{\"images\":[{\"b64\":\"", "\"}]}"));
        JsonNode answer = post("/v1/classify?top_k=10", "application/json", images.getBytes(UTF_8));
        return answer.path("results").valueStream().map(SameAnswerIntegrationTests::bits).toList();
    }

    private List<List<Integer>> grpc(List<byte[]> files) {
        ClassifyRequest.Builder request = ClassifyRequest.newBuilder().setTopK(CLASSES);
        files.forEach(file -> request.addImages(ByteString.copyFrom(file)));
        return VisionServiceGrpc.newBlockingStub(channel.open())
                .classify(request.build())
                .getResultsList()
                .stream()
                .map(result -> {
                    int[] bits = new int[CLASSES];
                    for (Prediction p : result.getClassification().getPredictionsList()) {
                        bits[p.getIndex()] = Float.floatToRawIntBits(p.getProbability());
                    }
                    return IntStream.of(bits).boxed().toList();
                })
                .toList();
    }

    private static ModelInferRequest infer(List<byte[]> files) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        files.forEach(file -> contents.addBytesContents(ByteString.copyFrom(file)));
        return ModelInferRequest.newBuilder()
                .setModelName("dmst-cifar10")
                .addInputs(
                        ModelInferRequest.InferInputTensor.newBuilder()
                                .setName("image")
                                .setDatatype("BYTES")
                                .addShape(files.size())
                                .setContents(contents))
                .addOutputs(
                        ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                                .setName("probabilities"))
                .build();
    }

    private static List<List<Integer>> rows(List<Float> values) {
        return IntStream.range(0, values.size() / CLASSES)
                .mapToObj(row ->
                        values.subList(row * CLASSES, (row + 1) * CLASSES).stream()
                                .map(Float::floatToRawIntBits)
                                .toList())
                .toList();
    }

    private List<List<Integer>> oip(List<byte[]> files) {
        return rows(
                GRPCInferenceServiceGrpc.newBlockingStub(channel.open())
                        .modelInfer(infer(files))
                        .getOutputs(0)
                        .getContents()
                        .getFp32ContentsList());
    }

    private List<List<Integer>> oipOverHttp(byte[] file) throws Exception {
        String body =
                """
                {"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"data":["%s"]}],
                 "outputs":[{"name":"probabilities"}]}
                """
                        .formatted(Base64.getEncoder().encodeToString(file));
        JsonNode data =
                post("/v2/models/dmst-cifar10/infer", "application/json", body.getBytes(UTF_8))
                        .path("outputs")
                        .path(0)
                        .path("data");
        return rows(data.valueStream().map(JsonNode::asFloat).toList());
    }

    @Test
    void everyProtocolAnswersTheSameBitsAloneAndInACrowd() throws Exception {
        List<List<Integer>> alone = new ArrayList<>();
        for (byte[] file : FILES) {
            alone.addAll(rest(file));
        }
        assertThat(alone).doesNotHaveDuplicates();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<List<Integer>>>> each = new ArrayList<>();
            List<Future<List<List<Integer>>>> together = new ArrayList<>();
            for (byte[] file : FILES) {
                each.add(crowd.submit(() -> rest(file)));
                each.add(crowd.submit(() -> grpc(List.of(file))));
                each.add(crowd.submit(() -> oip(List.of(file))));
                each.add(crowd.submit(() -> oipOverHttp(file)));
            }
            together.add(crowd.submit(this::restTogether));
            together.add(crowd.submit(() -> grpc(FILES)));
            together.add(crowd.submit(() -> oip(FILES)));
            for (int i = 0; i < each.size(); i++) {
                assertThat(each.get(i).get()).containsExactly(alone.get(i / 4));
            }
            for (Future<List<List<Integer>>> answers : together) {
                assertThat(answers.get()).isEqualTo(alone);
            }
        }
    }
}
