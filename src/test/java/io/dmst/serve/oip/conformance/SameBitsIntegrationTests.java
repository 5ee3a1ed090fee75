package io.dmst.serve.oip.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.Classification;
import dmst.v1.ClassifyRequest;
import dmst.v1.VisionServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.dmst.serve.http.OipCaller;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One image has one answer, to the last bit: over REST, gRPC and the Open Inference Protocol on
 * both wires, alone, in company, and while others come. The engine and the model are real.
 */
@Tag("dmst")
class SameBitsIntegrationTests {

    private static final List<byte[]> IMAGES = new ArrayList<>();

    private final Target target = Target.get();

    /** A way to ask for the scores of images: {@code [image][score]}. */
    private interface Way {
        List<List<Float>> scores(List<byte[]> images);
    }

    @BeforeAll
    static void images() throws IOException {
        Path folder = Path.of("src/test/resources/image");
        IMAGES.clear();
        IMAGES.add(Files.readAllBytes(folder.resolve("chelsea.png")));
        IMAGES.add(Files.readAllBytes(folder.resolve("rocket.jpg")));
        SplittableRandom random = new SplittableRandom(11);
        for (int image = 0; image < 6; image++) {
            IMAGES.add(noise(20 + 9 * image, 50 - 5 * image, random));
        }
    }

    private static byte[] noise(int width, int height, SplittableRandom random) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    @BeforeEach
    void ours() {
        target.assumeOurs();
    }

    @Test
    void everyProtocolGivesTheSameProbabilities() {
        List<List<Float>> expected = alone(probabilities().getFirst());
        for (Way way : probabilities()) {
            assertThat(alone(way)).isEqualTo(expected);
        }
    }

    @Test
    void everyWireOfTheOpenProtocolGivesTheSameLogits() {
        List<List<Float>> expected = alone(logits().getFirst());
        for (Way way : logits()) {
            assertThat(alone(way)).isEqualTo(expected);
        }
    }

    @Test
    void imagesOfOneRequestHaveTheBitsOfThoseAlone() {
        List<List<Float>> expected = alone(probabilities().getFirst());
        for (Way way : probabilities()) {
            assertThat(way.scores(IMAGES)).isEqualTo(expected);
        }
        List<List<Float>> raw = alone(logits().getFirst());
        for (Way way : logits()) {
            assertThat(way.scores(IMAGES)).isEqualTo(raw);
        }
    }

    @Test
    void imagesThatComeAtATimeHaveTheBitsOfThoseAlone() throws Exception {
        List<List<Float>> expected = alone(probabilities().getFirst());
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<List<Float>>>> answers = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                for (Way way : probabilities()) {
                    answers.add(callers.submit(() -> alone(way)));
                }
            }
            for (Future<List<List<Float>>> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
    }

    private static List<List<Float>> alone(Way way) {
        return IMAGES.stream().map(image -> way.scores(List.of(image)).getFirst()).toList();
    }

    private List<Way> probabilities() {
        return List.of(
                this::rest,
                this::grpc,
                images -> openJson(images, "probabilities"),
                images -> openBytes(images, "probabilities"),
                images -> openGrpc(images, "probabilities", true),
                images -> openGrpc(images, "probabilities", false));
    }

    private List<Way> logits() {
        return List.of(
                images -> openJson(images, "logits"),
                images -> openBytes(images, "logits"),
                images -> openGrpc(images, "logits", true),
                images -> openGrpc(images, "logits", false));
    }

    private List<List<Float>> rest(List<byte[]> images) {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        ArrayNode list = request.putArray("images");
        images.forEach(
                image -> list.addObject().put("b64", Base64.getEncoder().encodeToString(image)));
        List<List<Float>> scores = new ArrayList<>();
        for (JsonNode result :
                target.http()
                        .post("/v1/classify?top_k=10", request.toString())
                        .ok()
                        .json()
                        .path("results")) {
            Float[] ofClass = new Float[10];
            for (JsonNode prediction : result.path("predictions")) {
                ofClass[prediction.path("index").asInt()] =
                        (float) prediction.path("probability").asDouble();
            }
            scores.add(Arrays.asList(ofClass));
        }
        return scores;
    }

    private List<List<Float>> grpc(List<byte[]> images) {
        ClassifyRequest.Builder request = ClassifyRequest.newBuilder().setTopK(10);
        images.forEach(image -> request.addImages(ByteString.copyFrom(image)));
        return VisionServiceGrpc.newBlockingStub(target.channel())
                .classify(request.build())
                .getResultsList()
                .stream()
                .map(result -> ofClass(result.getClassification()))
                .toList();
    }

    private static List<Float> ofClass(Classification classification) {
        Float[] ofClass = new Float[10];
        classification
                .getPredictionsList()
                .forEach(
                        prediction -> ofClass[prediction.getIndex()] = prediction.getProbability());
        return Arrays.asList(ofClass);
    }

    private static Tensor files(List<byte[]> images) {
        return new Tensor(
                "image",
                "BYTES",
                List.of((long) images.size()),
                images.stream().<Object>map(Base64.getEncoder()::encodeToString).toList());
    }

    private List<List<Float>> openJson(List<byte[]> images, String output) {
        ObjectNode request = Requests.json(List.of(files(images)));
        return rows(
                Answer.of(
                                target.http()
                                        .post(
                                                target.infer(),
                                                Requests.asking(request, List.of(output))
                                                        .toString()))
                        .output(output));
    }

    private List<List<Float>> openBytes(List<byte[]> images, String output) {
        byte[] elements = OipCaller.elements(images.toArray(byte[][]::new));
        ObjectNode request =
                Requests.json(
                        List.of(files(images)),
                        input -> {
                            ObjectNode header = input.header();
                            header.putObject("parameters").put("binary_data_size", elements.length);
                            return header;
                        });
        request.putObject("parameters").put("binary_data_output", true);
        return rows(
                Answer.of(target.http().binary(target.infer(), request.toString(), elements))
                        .output(output));
    }

    private List<List<Float>> openGrpc(List<byte[]> images, String output, boolean raw) {
        InferInputTensor.Builder input = files(images).message();
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder()
                        .setModelName(target.model())
                        .addOutputs(Requests.output(output));
        if (raw) {
            request.addRawInputContents(
                    ByteString.copyFrom(OipCaller.elements(images.toArray(byte[][]::new))));
        } else {
            images.forEach(image ->
                    input.getContentsBuilder().addBytesContents(ByteString.copyFrom(image)));
        }
        return rows(
                Answer.of(target.grpc().modelInfer(request.addInputs(input).build()))
                        .output(output));
    }

    private static List<List<Float>> rows(Answer.Output output) {
        int size = Math.toIntExact(output.shape().getLast());
        List<List<Float>> rows = new ArrayList<>();
        for (int at = 0; at < output.values().size(); at += size) {
            rows.add(
                    output.values().subList(at, at + size).stream()
                            .map(value -> (Float) value)
                            .toList());
        }
        return rows;
    }
}
