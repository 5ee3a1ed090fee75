package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.oip.InferAnswer;
import io.dmst.serve.oip.OutputTensor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** The answer to an inference: JSON, and after it the bytes of the tensors that are wanted so. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OipInferred(
        @JsonProperty("model_name") String modelName,
        @JsonProperty("model_version") String modelVersion,
        @Nullable String id,
        List<Tensor> outputs) {

    /** A tensor whose data is here or follows. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tensor(
            String name,
            String datatype,
            List<Long> shape,
            @Nullable Map<String, Long> parameters,
            @Nullable Object data) {}

    static ResponseEntity<Object> response(InferAnswer answer, OipWire wire) {
        List<Tensor> tensors = new ArrayList<>();
        List<byte[]> parts = new ArrayList<>();
        for (OutputTensor output : answer.outputs()) {
            if (wire.binary(output.spec().name())) {
                byte[] raw = output.raw();
                parts.add(raw);
                tensors.add(tensor(output, Map.of("binary_data_size", (long) raw.length), null));
            } else {
                tensors.add(tensor(output, null, data(output.values())));
            }
        }
        byte[] json =
                JsonMapper.shared()
                        .writeValueAsBytes(
                                new OipInferred(
                                        answer.model().name(),
                                        answer.model().version(),
                                        answer.id().isEmpty() ? null : answer.id(),
                                        tensors));
        ResponseEntity.BodyBuilder response = ResponseEntity.ok();
        if (parts.isEmpty()) {
            return response.contentType(MediaType.APPLICATION_JSON).body(json);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json);
        parts.forEach(body::writeBytes);
        return response.contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(OipWire.HEADER, String.valueOf(json.length))
                .body(body.toByteArray());
    }

    private static Tensor tensor(
            OutputTensor output, @Nullable Map<String, Long> parameters, @Nullable Object data) {
        return new Tensor(
                output.spec().name(),
                output.spec().datatype().name(),
                output.spec().shape(),
                parameters,
                data);
    }

    private static Object data(OutputTensor.Values values) {
        return switch (values) {
            case OutputTensor.Floats(float[] numbers) -> numbers;
            case OutputTensor.Texts(List<String> texts) -> texts;
        };
    }
}
