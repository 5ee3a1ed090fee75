package io.dmst.serve.gateway;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.RandomWeights;
import io.dmst.serve.predict.Models;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small model with the membership head and random weights, on a node and behind a gateway. Its
 * class scores can be split.
 */
final class SplitModel implements AutoCloseable {

    static final List<String> LABELS = List.of("cat", "red fox", "owl", "7");
    static final int CLASSES = LABELS.size();
    static final int K = 5;
    static final int PLACES = 3 * 5;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final byte[] cat;
    private final Map<Where, Process> services;

    /** Who is asked. */
    enum Where {
        NODE,
        GATEWAY
    }

    private SplitModel(byte[] cat, Process node, Process gateway) {
        this.cat = cat;
        this.services = Map.of(Where.NODE, node, Where.GATEWAY, gateway);
    }

    /** Writes the model to a directory and serves it. */
    static SplitModel serve(Path directory) throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "name",
                                "split",
                                "image_size",
                                List.of(12, 20),
                                "patch_size",
                                4,
                                "embed_dim",
                                24,
                                "depth",
                                2,
                                "num_heads",
                                K,
                                "num_classes",
                                CLASSES,
                                "mlp_ratio",
                                0,
                                "head",
                                "membership"));
        ModelDirectory.write(
                directory, config, RandomWeights.of(config), LABELS, new ModelCard(Map.of(), ""));
        String model = "--dmst.inference.model=" + directory;
        Process node = Process.node(0, model);
        Process gateway = Process.gateway("localhost:" + node.grpcPort(), model);
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.bean(Models.class).ready());
        byte[] cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
        return new SplitModel(cat, node, gateway);
    }

    private Process service(Where where) {
        return Objects.requireNonNull(services.get(where), "not started");
    }

    byte[] cat() {
        return cat;
    }

    URI uri(Where where, String path) {
        return URI.create("http://localhost:" + service(where).httpPort() + path);
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends the photograph of a cat. */
    HttpResponse<byte[]> cat(Where where, String path) {
        return send(HttpRequest.newBuilder(uri(where, path)).PUT(BodyPublishers.ofByteArray(cat)));
    }

    static JsonNode json(HttpResponse<byte[]> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    ManagedChannel channel(Where where) {
        return ManagedChannelBuilder.forAddress("localhost", service(where).grpcPort())
                .usePlaintext()
                .build();
    }

    /** The logits of the cat, by the protocol that has them. */
    float[] logits() {
        ModelInferRequest request =
                ModelInferRequest.newBuilder()
                        .setModelName("split")
                        .addInputs(
                                InferInputTensor.newBuilder()
                                        .setName("image")
                                        .setDatatype("BYTES")
                                        .addShape(1))
                        .addRawInputContents(
                                ByteString.copyFrom(
                                                ByteBuffer.allocate(4)
                                                        .order(ByteOrder.LITTLE_ENDIAN)
                                                        .putInt(cat.length)
                                                        .flip())
                                        .concat(ByteString.copyFrom(cat)))
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("logits"))
                        .build();
        return floats(infer(Where.NODE, request).getRawOutputContents(0));
    }

    static float[] floats(ByteString raw) {
        float[] values = new float[raw.size() / Float.BYTES];
        raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    ModelInferResponse infer(Where where, ModelInferRequest request) {
        ManagedChannel channel = channel(where);
        try {
            return GRPCInferenceServiceGrpc.newBlockingStub(channel).modelInfer(request);
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        services.values().forEach(Process::close);
    }
}
