package io.dmst.serve.oip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import io.dmst.serve.http.OipCaller;
import io.dmst.serve.http.OipCaller.Reply;
import io.dmst.serve.oip.conformance.Target.Form;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The outputs of an answer, whatever the wire was.
 *
 * @param outputs by name, in their order
 */
record Answer(Map<String, Output> outputs) {

    private static final double NEAR = 1e-4;

    /**
     * One output.
     *
     * @param values Float of FP32, otherwise Double, Long, Boolean or String
     */
    record Output(String name, String datatype, List<Long> shape, List<Object> values) {

        Output {
            assertThat(name).isNotEmpty();
            assertThat(datatype).as("datatype of %s", name).isIn(Form.DATATYPES);
            assertThat(shape).as("shape of %s", name).allMatch(size -> size >= 0);
            assertThat(values)
                    .as("elements of %s %s", name, shape)
                    .hasSize(Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b)));
        }

        double number(int place) {
            return ((Number) values.get(place)).doubleValue();
        }
    }

    /** Reads a reply and checks that it is whole. */
    static Answer of(Reply reply) {
        JsonNode json = reply.ok().json();
        assertThat(json.path("model_name").asString()).isEqualTo(Target.get().model());
        assertThat(json.path("outputs").isArray()).as("outputs are a list").isTrue();
        Map<String, Output> outputs = new LinkedHashMap<>();
        int at = reply.header(OipCaller.JSON_LENGTH).isEmpty() ? 0 : jsonLength(reply);
        for (JsonNode output : json.path("outputs")) {
            JsonNode size = output.path("parameters").path("binary_data_size");
            Form form = Form.of(output);
            List<Object> values;
            if (size.isMissingNode()) {
                values = new ArrayList<>();
                flatten(form.datatype(), output.path("data"), values);
            } else {
                byte[] body = reply.response().body();
                values = raw(form.datatype(), Arrays.copyOfRange(body, at, at + size.asInt()));
                at += size.asInt();
            }
            outputs.put(
                    form.name(), new Output(form.name(), form.datatype(), form.shape(), values));
        }
        if (at > 0) {
            assertThat(reply.response().body()).as("bytes after the JSON").hasSize(at);
        }
        return new Answer(outputs);
    }

    private static int jsonLength(Reply reply) {
        return Integer.parseInt(reply.header(OipCaller.JSON_LENGTH));
    }

    private static void flatten(String datatype, JsonNode data, List<Object> values) {
        assertThat(data.isArray()).as("data is a list").isTrue();
        for (JsonNode element : data) {
            if (element.isArray()) {
                flatten(datatype, element, values);
            } else {
                values.add(
                        switch (datatype) {
                            case "BOOL" -> element.asBoolean();
                            case "BYTES" -> element.asString();
                            case "FP32" -> (float) element.asDouble();
                            case "FP16", "BF16", "FP64" -> element.asDouble();
                            default -> element.asLong();
                        });
            }
        }
    }

    /** Reads an answer of gRPC and checks that it is whole. */
    static Answer of(ModelInferResponse response) {
        assertThat(response.getModelName()).isEqualTo(Target.get().model());
        int raw = response.getRawOutputContentsCount();
        assertThat(raw).as("raw contents").isIn(0, response.getOutputsCount());
        Map<String, Output> outputs = new LinkedHashMap<>();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            if (raw > 0) {
                assertThat(output.getContents())
                        .as("contents beside raw ones")
                        .isEqualTo(InferTensorContents.getDefaultInstance());
            }
            outputs.put(
                    output.getName(),
                    new Output(
                            output.getName(),
                            output.getDatatype(),
                            output.getShapeList(),
                            raw > 0
                                    ? raw(
                                            output.getDatatype(),
                                            response.getRawOutputContents(i).toByteArray())
                                    : typed(output.getContents())));
        }
        return new Answer(outputs);
    }

    private static List<Object> typed(InferTensorContents contents) {
        return Stream.<List<?>>of(
                        contents.getBoolContentsList(),
                        contents.getIntContentsList().stream().map(Long::valueOf).toList(),
                        contents.getInt64ContentsList(),
                        contents.getUintContentsList().stream()
                                .map(Integer::toUnsignedLong)
                                .toList(),
                        contents.getUint64ContentsList(),
                        contents.getFp32ContentsList(),
                        contents.getFp64ContentsList(),
                        contents.getBytesContentsList().stream()
                                .map(ByteString::toStringUtf8)
                                .toList())
                .<Object>flatMap(List::stream)
                .toList();
    }

    private static List<Object> raw(String datatype, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Object> values = new ArrayList<>();
        while (buffer.hasRemaining()) {
            values.add(
                    switch (datatype) {
                        case "BOOL" -> buffer.get() != 0;
                        case "UINT8" -> (long) (buffer.get() & 0xff);
                        case "INT8" -> (long) buffer.get();
                        case "UINT16" -> (long) (buffer.getShort() & 0xffff);
                        case "INT16" -> (long) buffer.getShort();
                        case "UINT32" -> Integer.toUnsignedLong(buffer.getInt());
                        case "INT32" -> (long) buffer.getInt();
                        case "UINT64", "INT64" -> buffer.getLong();
                        case "FP16" -> (double) Float.float16ToFloat(buffer.getShort());
                        case "BF16" -> (double) Float.intBitsToFloat(buffer.getShort() << 16);
                        case "FP32" -> buffer.getFloat();
                        case "FP64" -> buffer.getDouble();
                        default -> {
                            byte[] text = new byte[buffer.getInt()];
                            buffer.get(text);
                            yield new String(text, StandardCharsets.UTF_8);
                        }
                    });
        }
        return values;
    }

    Output output(String name) {
        return Optional.ofNullable(outputs.get(name)).orElseThrow();
    }

    /** Checks that the outputs are as the metadata describes them. */
    Answer asDescribed() {
        for (Form form : Target.get().outputs()) {
            Output output = outputs.get(form.name());
            if (output != null) {
                assertThat(output.datatype()).as(form.name()).isEqualTo(form.datatype());
                assertThat(form.admits(output.shape()))
                        .as("%s %s as %s", form.name(), output.shape(), form.shape())
                        .isTrue();
            }
        }
        return this;
    }

    /** Checks that it says the same as another answer, apart from rounding. */
    void near(Answer other) {
        assertThat(outputs.keySet()).isEqualTo(other.outputs.keySet());
        outputs.forEach((name, output) -> near(output.values(), other.output(name).values()));
    }

    static void near(List<Object> some, List<Object> others) {
        assertThat(some).hasSameSizeAs(others);
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i) instanceof Number number) {
                assertThat(number.doubleValue())
                        .isCloseTo(((Number) others.get(i)).doubleValue(), within(NEAR));
            } else {
                assertThat(some.get(i)).isEqualTo(others.get(i));
            }
        }
    }
}
