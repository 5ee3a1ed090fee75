package io.dmst.bench;

import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.RepositoryIndexRequest;
import io.dmst.bench.Targets.Operation;
import io.dmst.image.Preprocessor;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Servers of the Open Inference Protocol, of which the model's name and the size of its input are
 * asked first. The address' path names the model, else it is the first of the server's repository;
 * {@code ?input=pixels} sends what the model takes instead of the encoded file.
 */
final class OipTargets {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PIXELS = "input=pixels";

    private OipTargets() {}

    /** {@code oip+http://…}. */
    static Target http(URI address, Operation operation, @Nullable Duration timeout) {
        URI server =
                URI.create(
                        address.getScheme().substring("oip+".length())
                                + "://"
                                + address.getRawAuthority());
        try (HttpClient client = HttpClient.newHttpClient()) {
            String model = model(address);
            if (model.isEmpty()) {
                HttpRequest index =
                        HttpRequest.newBuilder(server.resolve("/v2/repository/index"))
                                .POST(BodyPublishers.ofString("{}"))
                                .build();
                model = json(client, index).path(0).path("name").asString();
            }
            URI path = server.resolve("/v2/models/" + model);
            List<Long> shape = new ArrayList<>();
            for (JsonNode input :
                    json(client, HttpRequest.newBuilder(path).build()).path("inputs")) {
                if (input.path("name").asString().equals("pixels")) {
                    input.path("shape").forEach(length -> shape.add(length.asLong()));
                }
            }
            OipMessages messages = messages(address, model, shape, operation);
            URI infer = server.resolve("/v2/models/" + model + "/infer");
            return new HttpTarget(infer, ((Encoding) messages::http).once(), timeout);
        } catch (IOException e) {
            throw noServer(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noServer(address, e);
        }
    }

    private static JsonNode json(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + " answers " + answer.statusCode());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    /** {@code oip+grpc://…}. */
    static Target grpc(URI address, Operation operation, @Nullable Duration timeout) {
        ManagedChannel channel = GrpcTarget.channel(address);
        try {
            GRPCInferenceServiceBlockingStub server =
                    GRPCInferenceServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            String model = model(address);
            if (model.isEmpty()) {
                RepositoryIndexRequest all = RepositoryIndexRequest.getDefaultInstance();
                model = server.repositoryIndex(all).getModels(0).getName();
            }
            ModelMetadataRequest which = ModelMetadataRequest.newBuilder().setName(model).build();
            List<Long> shape =
                    server.modelMetadata(which).getInputsList().stream()
                            .filter(input -> input.getName().equals("pixels"))
                            .findFirst()
                            .map(TensorMetadata::getShapeList)
                            .orElse(List.of());
            OipMessages messages = messages(address, model, shape, operation);
            return new GrpcTarget(
                    address,
                    GRPCInferenceServiceGrpc.getModelInferMethod(),
                    ((Encoding) messages::grpc).once(),
                    timeout);
        } catch (StatusRuntimeException e) {
            throw noServer(address, e);
        } finally {
            channel.shutdownNow();
        }
    }

    private static String model(URI address) {
        String path = address.getPath();
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private static OipMessages messages(
            URI address, String model, List<Long> shape, Operation operation) {
        if (!PIXELS.equals(address.getQuery())) {
            return new OipMessages(model, null, operation);
        }
        if (shape.size() != 4) {
            throw new IllegalArgumentException("model " + model + " has no input of pixels");
        }
        int height = Math.toIntExact(shape.get(1));
        int width = Math.toIntExact(shape.get(2));
        return new OipMessages(model, new Preprocessor(height, width, 1), operation);
    }

    private static IllegalArgumentException noServer(URI address, Exception cause) {
        return new IllegalArgumentException(
                "%s does not tell its model: %s".formatted(address, cause.getMessage()), cause);
    }
}
