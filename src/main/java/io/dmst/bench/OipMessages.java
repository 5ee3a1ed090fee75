package io.dmst.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import io.dmst.bench.Targets.Operation;
import io.dmst.image.ImageDecoder;
import io.dmst.image.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Images as requests of the Open Inference Protocol with raw contents: binary in JSON's company
 * over HTTP, a message over gRPC.
 */
final class OipMessages {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String model;
    private final @Nullable Preprocessor preprocessor;
    private final List<String> outputs;

    /**
     * @param preprocessor makes the input {@code pixels} of an image; absent for the encoded file
     *     as input {@code image}
     */
    OipMessages(String model, @Nullable Preprocessor preprocessor, Operation operation) {
        this.model = model;
        this.preprocessor = preprocessor;
        this.outputs =
                switch (operation) {
                    case CLASSIFY -> List.of("probabilities");
                    case EXPLAIN -> List.of("probabilities", "membership", "coding_rate");
                };
    }

    /** An input tensor with its bytes. */
    @SuppressWarnings("ArrayRecordComponent") // made and sent, never compared
    private record Input(String name, String datatype, List<Long> shape, byte[] bytes) {}

    private Input input(byte[] image) {
        if (preprocessor == null) {
            byte[] element =
                    ByteBuffer.allocate(Integer.BYTES + image.length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(image.length)
                            .put(image)
                            .array();
            return new Input("image", "BYTES", List.of(1L), element);
        }
        return new Input(
                "pixels",
                "UINT8",
                List.of(1L, (long) preprocessor.height(), (long) preprocessor.width(), 3L),
                Photographs.pixels(new ImageDecoder(), preprocessor, image));
    }

    /** As a body of HTTP. */
    Encoding.Message http(byte[] image) {
        Input input = input(image);
        List<Object> wanted = new ArrayList<>();
        for (String output : outputs) {
            wanted.add(Map.of("name", output, "parameters", Map.of("binary_data", true)));
        }
        byte[] json =
                JSON.writeValueAsString(
                                Map.of(
                                        "inputs",
                                        List.of(
                                                Map.of(
                                                        "name",
                                                        input.name(),
                                                        "datatype",
                                                        input.datatype(),
                                                        "shape",
                                                        input.shape(),
                                                        "parameters",
                                                        Map.of(
                                                                "binary_data_size",
                                                                input.bytes().length))),
                                        "outputs",
                                        wanted))
                        .getBytes(UTF_8);
        byte[] body =
                ByteBuffer.allocate(json.length + input.bytes().length)
                        .put(json)
                        .put(input.bytes())
                        .array();
        return new Encoding.Message(
                body, Map.of("Inference-Header-Content-Length", String.valueOf(json.length)));
    }

    /** As a message of gRPC. */
    Encoding.Message grpc(byte[] image) {
        Input input = input(image);
        ByteString contents = UnsafeByteOperations.unsafeWrap(input.bytes());
        ModelInferRequest.Builder message =
                ModelInferRequest.newBuilder()
                        .setModelName(model)
                        .addInputs(
                                InferInputTensor.newBuilder()
                                        .setName(input.name())
                                        .setDatatype(input.datatype())
                                        .addAllShape(input.shape()))
                        .addRawInputContents(contents);
        outputs.forEach(
                name -> message.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name)));
        return Encoding.Message.of(message.build().toByteArray());
    }
}
