package io.dmst.serve.oip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A tensor of an answer.
 *
 * @param spec its name, datatype and shape
 * @param values of it
 */
public record OutputTensor(TensorSpec spec, Values values) {

    /** The elements of a tensor, row-major. */
    public sealed interface Values {}

    /**
     * Of FP32.
     *
     * @param numbers as many as the shape says
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    public record Floats(float[] numbers) implements Values {}

    /**
     * Of BYTES.
     *
     * @param elements as many as the shape says
     */
    public record Texts(List<String> elements) implements Values {

        public Texts {
            elements = List.copyOf(elements);
        }
    }

    /** Its little-endian bytes; a text has its length before it, as four bytes. */
    public byte[] raw() {
        return switch (values) {
            case Floats(float[] numbers) -> {
                ByteBuffer bytes = littleEndian(Float.BYTES * numbers.length);
                bytes.asFloatBuffer().put(numbers);
                yield bytes.array();
            }
            case Texts(List<String> texts) -> {
                List<byte[]> elements =
                        texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
                ByteBuffer bytes =
                        littleEndian(
                                elements.stream().mapToInt(e -> Integer.BYTES + e.length).sum());
                elements.forEach(element -> bytes.putInt(element.length).put(element));
                yield bytes.array();
            }
        };
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
