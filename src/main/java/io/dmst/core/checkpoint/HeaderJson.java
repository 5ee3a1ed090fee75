package io.dmst.core.checkpoint;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON text of a safetensors {@link SafetensorsHeader}. Reads token by token, so that a hostile
 * header costs no more memory than its tensors; keys of a tensor that the format does not know are
 * passed over, as the reference implementation does.
 */
final class HeaderJson {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** NumPy's limit; the format has none. */
    private static final int MAX_RANK = 64;

    private final String source;
    private final JsonParser parser;

    private HeaderJson(String source, JsonParser parser) {
        this.source = source;
        this.parser = parser;
    }

    /**
     * Reads a header, whose entries are yet to be {@linkplain SafetensorsHeader#check checked}.
     *
     * @throws CheckpointException naming the tensor
     */
    static SafetensorsHeader read(String source, String json) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            return new HeaderJson(source, parser).header();
        } catch (JacksonException e) {
            throw new CheckpointException(
                    source + ": the header is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The text of a header, entries in the order of the buffer. */
    static String write(SafetensorsHeader header) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            if (!header.metadata().isEmpty()) {
                json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
                new TreeMap<>(header.metadata()).forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            header.inBufferOrder().forEach(named -> write(json, named.getKey(), named.getValue()));
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, SafetensorsHeader.Entry entry) {
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("dtype", entry.dtype().name());
        json.writeArrayPropertyStart("shape");
        entry.shape().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(entry.begin());
        json.writeNumber(entry.end());
        json.writeEndArray();
        json.writeEndObject();
    }

    private SafetensorsHeader header() {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "the header must be a JSON object");
        TreeMap<String, SafetensorsHeader.Entry> entries = new TreeMap<>();
        Map<String, String> metadata = Map.of();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            if (name.equals(SafetensorsHeader.METADATA)) {
                metadata = metadata();
            } else {
                entries.put(name, entry(name));
            }
        }
        expect(parser.nextToken() == null, "there is more behind the header's JSON object");
        return new SafetensorsHeader(source, entries, metadata);
    }

    private Map<String, String> metadata() {
        String wrong = SafetensorsHeader.METADATA + " must be an object of strings";
        expect(parser.nextToken() == JsonToken.START_OBJECT, wrong);
        Map<String, String> metadata = new HashMap<>();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            expect(
                    parser.nextToken() == JsonToken.VALUE_STRING,
                    wrong + ", but '" + key + "' is none");
            metadata.put(key, parser.getString());
        }
        return metadata;
    }

    private SafetensorsHeader.Entry entry(String name) {
        String tensor = "tensor '" + name + "': ";
        expect(
                parser.nextToken() == JsonToken.START_OBJECT,
                tensor + "its entry must be a JSON object");
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            switch (key) {
                case "dtype" -> dtype = dtype(tensor);
                case "shape" -> shape = numbers(tensor + key, MAX_RANK);
                case "data_offsets" -> offsets = numbers(tensor + key, 2);
                default -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        List<Long> range = present(offsets, tensor + "data_offsets");
        expect(range.size() == 2, tensor + "data_offsets must be [begin, end], not " + range);
        return new SafetensorsHeader.Entry(
                present(dtype, tensor + "dtype"),
                dimensions(tensor, present(shape, tensor + "shape")),
                range.get(0),
                range.get(1));
    }

    private DType dtype(String tensor) {
        expect(parser.nextToken() == JsonToken.VALUE_STRING, tensor + "dtype must be a string");
        String name = parser.getString();
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        throw fault(
                tensor
                        + "dtype must be one of "
                        + Arrays.toString(DType.values())
                        + ", not '"
                        + name
                        + "'");
    }

    private List<Long> numbers(String what, int most) {
        expect(parser.nextToken() == JsonToken.START_ARRAY, what + " must be an array");
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(
                    parser.currentToken() == JsonToken.VALUE_NUMBER_INT,
                    what + " must hold integers only, not " + parser.getString());
            expect(
                    parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
                    what + " exceeds 64 bits: " + parser.getString());
            expect(numbers.size() < most, what + " must have at most " + most + " numbers");
            numbers.add(parser.getLongValue());
        }
        return numbers;
    }

    private List<Integer> dimensions(String tensor, List<Long> shape) {
        for (long dimension : shape) {
            expect(
                    dimension >= 0 && dimension <= Integer.MAX_VALUE,
                    tensor + "shape " + shape + " must hold dimensions from 0 to 2³¹ − 1");
        }
        return shape.stream().map(Math::toIntExact).toList();
    }

    private <T> T present(@Nullable T value, String what) {
        if (value == null) {
            throw fault(what + " is missing");
        }
        return value;
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw fault(otherwise);
        }
    }

    private CheckpointException fault(String message) {
        return new CheckpointException(source + ": " + message);
    }
}
