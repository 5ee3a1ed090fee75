package io.dmst.serve.oip.conformance;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import inference.ModelInferRequest.InferInputTensor;
import io.dmst.serve.oip.conformance.Target.Form;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tensor of a request.
 *
 * @param elements row-major: Boolean, Long, Double or String, by the datatype
 */
record Tensor(String name, String datatype, List<Long> shape, List<Object> elements) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * Made-up elements; those of an image depend on its number alone.
     *
     * @param first number of the first image
     */
    static Tensor sample(Form form, int first, int batch) {
        List<Long> shape = form.concrete(batch);
        int images = form.batches() ? batch : 1;
        long each = shape.stream().reduce(1L, (a, b) -> a * b) / images;
        List<Object> elements = new ArrayList<>();
        for (int image = first; image < first + images; image++) {
            SplittableRandom random = new SplittableRandom(image + 1_000L * form.name().hashCode());
            Stream.generate(() -> element(form.datatype(), random))
                    .limit(each)
                    .forEach(elements::add);
        }
        return new Tensor(form.name(), form.datatype(), shape, elements);
    }

    private static Object element(String datatype, SplittableRandom random) {
        return switch (datatype) {
            case "BOOL" -> random.nextBoolean();
            case "UINT8", "UINT16", "UINT32", "UINT64" -> random.nextLong(256);
            case "INT8", "INT16", "INT32", "INT64" -> random.nextLong(-128, 128);
            case "BYTES" -> "text " + random.nextInt(100);
            // multiples of 1/64, which every floating-point type holds exactly
            default -> random.nextInt(64) / 64.0;
        };
    }

    Tensor named(String other) {
        return new Tensor(other, datatype, shape, elements);
    }

    Tensor typed(String other) {
        return new Tensor(name, other, shape, elements);
    }

    Tensor shaped(List<Long> other) {
        return new Tensor(name, datatype, other, elements);
    }

    Tensor with(List<Object> others) {
        return new Tensor(name, datatype, shape, others);
    }

    /** Everything but the data. */
    ObjectNode header() {
        ObjectNode json = JSON.createObjectNode().put("name", name);
        ArrayNode sizes = json.putArray("shape");
        shape.forEach(sizes::add);
        return json.put("datatype", datatype);
    }

    /** With flat data. */
    ObjectNode json() {
        ObjectNode json = header();
        ArrayNode data = json.putArray("data");
        elements.forEach(data::addPOJO);
        return json;
    }

    /** With data nested as the shape is. */
    ObjectNode nested() {
        ObjectNode json = header();
        json.set("data", nested(0, 0, elements.size()));
        return json;
    }

    private ArrayNode nested(int dimension, int from, int to) {
        ArrayNode list = JSON.createArrayNode();
        int count = Math.toIntExact(shape.get(dimension));
        int each = (to - from) / count;
        for (int at = from; at < to; at += each) {
            if (dimension == shape.size() - 1) {
                list.addPOJO(elements.get(at));
            } else {
                list.add(nested(dimension + 1, at, at + each));
            }
        }
        return list;
    }

    /** Whose data follows the JSON. */
    ObjectNode binary() {
        ObjectNode json = header();
        json.putObject("parameters").put("binary_data_size", raw().length);
        return json;
    }

    /** Little-endian bytes; an element of BYTES has its length before it. */
    byte[] raw() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        elements.forEach(element -> bytes.writeBytes(raw(element)));
        return bytes.toByteArray();
    }

    private byte[] raw(Object element) {
        ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        return switch (element) {
            case Boolean yes -> new byte[] {(byte) (yes ? 1 : 0)};
            case Long whole -> first(eight.putLong(whole), bits() / 8);
            case Double number -> first(floating(eight, number), bits() / 8);
            default -> {
                byte[] text = element.toString().getBytes(StandardCharsets.UTF_8);
                yield ByteBuffer.allocate(4 + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(text.length)
                        .put(text)
                        .array();
            }
        };
    }

    private int bits() {
        return Integer.parseInt(datatype.replaceAll("\\D", ""));
    }

    private ByteBuffer floating(ByteBuffer bytes, double number) {
        return switch (datatype) {
            case "FP64" -> bytes.putDouble(number);
            case "FP32" -> bytes.putFloat((float) number);
            case "FP16" -> bytes.putShort(Float.floatToFloat16((float) number));
            default -> bytes.putShort((short) (Float.floatToIntBits((float) number) >>> 16));
        };
    }

    private static byte[] first(ByteBuffer bytes, int count) {
        byte[] some = new byte[count];
        bytes.get(0, some);
        return some;
    }

    /** Everything but the data. */
    InferInputTensor.Builder message() {
        return InferInputTensor.newBuilder().setName(name).setDatatype(datatype).addAllShape(shape);
    }

    /** With the elements in the field of the datatype; two-byte floats have none. */
    InferInputTensor.Builder typedMessage() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        elements.forEach(element -> add(contents, element));
        return message().setContents(contents);
    }

    private void add(InferTensorContents.Builder contents, Object element) {
        switch (datatype) {
            case "BOOL" -> contents.addBoolContents((Boolean) element);
            case "UINT8", "UINT16", "UINT32" ->
                    contents.addUintContents(((Long) element).intValue());
            case "UINT64" -> contents.addUint64Contents((Long) element);
            case "INT8", "INT16", "INT32" -> contents.addIntContents(((Long) element).intValue());
            case "INT64" -> contents.addInt64Contents((Long) element);
            case "FP32" -> contents.addFp32Contents(((Double) element).floatValue());
            case "FP64" -> contents.addFp64Contents((Double) element);
            case "BYTES" -> contents.addBytesContents(ByteString.copyFromUtf8((String) element));
            default -> throw new IllegalArgumentException(datatype + " must be raw");
        }
    }
}
