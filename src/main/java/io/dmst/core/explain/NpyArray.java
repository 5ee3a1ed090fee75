package io.dmst.core.explain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One array as NumPy stores it: format version 1.0, little-endian, C order.
 *
 * <p>Source: NEP 1 and the description of {@code numpy.lib.format}.
 */
final class NpyArray {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private final String type;
    private final int[] shape;
    private final ByteBuffer values;

    private NpyArray(String type, int bytes, int count, int... shape) {
        if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != count) {
            throw new IllegalArgumentException(
                    "%d values have no shape %s".formatted(count, Arrays.toString(shape)));
        }
        this.type = type;
        this.shape = shape;
        this.values = ByteBuffer.allocate(bytes * count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Single precision. */
    static NpyArray of(float[] values, int... shape) {
        NpyArray array = new NpyArray("<f4", Float.BYTES, values.length, shape);
        array.values.asFloatBuffer().put(values);
        return array;
    }

    /** Double precision. */
    static NpyArray of(double[] values, int... shape) {
        NpyArray array = new NpyArray("<f8", Double.BYTES, values.length, shape);
        array.values.asDoubleBuffer().put(values);
        return array;
    }

    /** 64-bit integers. */
    static NpyArray of(int[] values, int... shape) {
        NpyArray array = new NpyArray("<i8", Long.BYTES, values.length, shape);
        array.values.asLongBuffer().put(Arrays.stream(values).asLongStream().toArray());
        return array;
    }

    /** The file. */
    byte[] bytes() {
        String dimensions =
                Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "))
                        + (shape.length == 1 ? "," : "");
        String dictionary =
                "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
                        .formatted(type, dimensions);
        int used = MAGIC.length + Short.BYTES + dictionary.length() + 1;
        int padding = Math.floorMod(-used, ALIGNMENT);
        String header = dictionary + " ".repeat(padding) + "\n";
        return ByteBuffer.allocate(used + padding + values.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(values.array())
                .array();
    }
}
