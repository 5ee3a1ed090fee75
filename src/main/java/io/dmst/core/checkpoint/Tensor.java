package io.dmst.core.checkpoint;

import static java.lang.foreign.MemorySegment.copy;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable array of numbers of any rank, row-major, little-endian as safetensors has it. A
 * scalar has the empty shape and one value.
 *
 * <p>TensorMap read from a file are views of its memory mapping: nothing is copied before it is
 * asked for, and the mapping lives as long as a view of it. Safe for use by several threads. Two
 * tensors are equal when type, shape and every bit are.
 */
public final class Tensor {

    private static final ValueLayout.OfFloat FLOATS =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLES =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONGS =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORTS =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final DType dtype;
    private final List<Integer> shape;
    private final MemorySegment data;

    private Tensor(DType dtype, List<Integer> shape, MemorySegment data) {
        long expected = Math.multiplyExact(size(shape), (long) dtype.bytes());
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    "%s%s needs %d values (%d bytes), but there are %d bytes"
                            .formatted(dtype, shape, size(shape), expected, data.byteSize()));
        }
        this.dtype = dtype;
        this.shape = shape;
        this.data = data.asReadOnly();
    }

    /** A view of memory that nobody changes. */
    static Tensor view(DType dtype, List<Integer> shape, MemorySegment data) {
        return new Tensor(dtype, List.copyOf(shape), data);
    }

    /**
     * An {@link DType#F32} tensor of a copy of some values.
     *
     * @param values row-major
     * @param shape its product is the number of values; none for a scalar
     * @throws IllegalArgumentException if number and shape disagree
     */
    public static Tensor of(float[] values, int... shape) {
        MemorySegment data = allocate(DType.F32, values.length);
        copy(values, 0, data, FLOATS, 0, values.length);
        return new Tensor(DType.F32, listOf(shape), data);
    }

    /** An {@link DType#F64} tensor of a copy of some values, as {@link #of(float[], int...)}. */
    public static Tensor ofDoubles(double[] values, int... shape) {
        MemorySegment data = allocate(DType.F64, values.length);
        copy(values, 0, data, DOUBLES, 0, values.length);
        return new Tensor(DType.F64, listOf(shape), data);
    }

    /** An {@link DType#I64} tensor of a copy of some values, as {@link #of(float[], int...)}. */
    public static Tensor ofLongs(long[] values, int... shape) {
        MemorySegment data = allocate(DType.I64, values.length);
        copy(values, 0, data, LONGS, 0, values.length);
        return new Tensor(DType.I64, listOf(shape), data);
    }

    /** A {@link DType#U8} tensor of a copy of some values, the bits of a byte taken as unsigned. */
    public static Tensor ofBytes(byte[] values, int... shape) {
        return ofRaw(DType.U8, values, shape);
    }

    /**
     * A tensor of any type from a copy of its bytes.
     *
     * @param littleEndian the values, row-major
     * @param shape its product times the type's size is the number of bytes
     * @throws IllegalArgumentException if number and shape disagree
     */
    public static Tensor ofRaw(DType dtype, byte[] littleEndian, int... shape) {
        return new Tensor(dtype, listOf(shape), MemorySegment.ofArray(littleEndian.clone()));
    }

    private static MemorySegment allocate(DType dtype, int values) {
        return MemorySegment.ofArray(new byte[Math.multiplyExact(values, dtype.bytes())]);
    }

    private static List<Integer> listOf(int[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    /**
     * Number of values of a shape.
     *
     * @throws IllegalArgumentException for a negative dimension
     * @throws ArithmeticException if it exceeds 63 bits
     */
    static long size(List<Integer> shape) {
        long size = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("a shape cannot be negative: " + shape);
            }
            size = dimension == 0 || size == 0 ? 0 : Math.multiplyExact(size, (long) dimension);
        }
        return size;
    }

    /** Type of the values. */
    public DType dtype() {
        return dtype;
    }

    /** Dimensions, outermost first; empty for a scalar. */
    public List<Integer> shape() {
        return shape;
    }

    /** The dimensions as the libraries want them, a fresh array. */
    public long[] dimensions() {
        return shape.stream().mapToLong(Integer::longValue).toArray();
    }

    /** Number of dimensions. */
    public int rank() {
        return shape.size();
    }

    /** Number of values. */
    public long size() {
        return data.byteSize() / dtype.bytes();
    }

    /** Number of bytes. */
    public long byteSize() {
        return data.byteSize();
    }

    /**
     * A read-only little-endian view of the bytes.
     *
     * @throws IllegalStateException if there are more than 2 GiB
     */
    public ByteBuffer bytes() {
        if (data.byteSize() > Integer.MAX_VALUE) {
            throw new IllegalStateException(this + " is too large for one buffer");
        }
        return data.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    MemorySegment segment() {
        return data;
    }

    /**
     * The values as floats, rounded to nearest where the type is wider.
     *
     * @throws IllegalStateException if there are more than an array holds
     */
    public float[] toFloats() {
        float[] values = new float[arrayLength()];
        if (dtype == DType.F32) {
            copy(data, FLOATS, 0, values, 0, values.length);
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = floatAt(i);
            }
        }
        return values;
    }

    /** The values as doubles, exact but for integers beyond 2⁵³; as {@link #toFloats}. */
    public double[] toDoubles() {
        double[] values = new double[arrayLength()];
        if (dtype == DType.F64) {
            copy(data, DOUBLES, 0, values, 0, values.length);
        } else {
            Arrays.setAll(values, this::doubleAt);
        }
        return values;
    }

    /**
     * The values of an integer tensor.
     *
     * @throws IllegalStateException if the type is not {@link DType#I64} or {@link DType#U8}, or
     *     there are more than an array holds
     */
    public long[] toLongs() {
        if (dtype != DType.I64 && dtype != DType.U8) {
            throw new IllegalStateException(this + " holds no integers; convert it to I64 first");
        }
        long[] values = new long[arrayLength()];
        Arrays.setAll(values, this::longAt);
        return values;
    }

    /**
     * This tensor in another type, every value rounded once, to nearest with ties to even. Too
     * large a value becomes infinite in floating point.
     *
     * @throws IllegalArgumentException if an integer type has no place for a value (NaN, infinite,
     *     out of range)
     */
    public Tensor to(DType target) {
        if (target == dtype) {
            return this;
        }
        MemorySegment out = allocate(target, arrayLength());
        for (int i = 0; i < size(); i++) {
            switch (target) {
                case F32 -> out.setAtIndex(FLOATS, i, floatAt(i));
                case F64 -> out.setAtIndex(DOUBLES, i, doubleAt(i));
                case F16 -> out.setAtIndex(SHORTS, i, Float.floatToFloat16(oddFloatAt(i)));
                case BF16 -> out.setAtIndex(SHORTS, i, Rounding.toBfloat16(oddFloatAt(i)));
                case I64 -> out.setAtIndex(LONGS, i, integerAt(i, target));
                case U8 -> out.set(JAVA_BYTE, i, (byte) integerAt(i, target));
            }
        }
        return new Tensor(target, shape, out);
    }

    private float floatAt(int index) {
        return switch (dtype) {
            case F32 -> data.getAtIndex(FLOATS, index);
            case F64 -> (float) data.getAtIndex(DOUBLES, index);
            case F16 -> Float.float16ToFloat(data.getAtIndex(SHORTS, index));
            case BF16 -> Rounding.fromBfloat16(data.getAtIndex(SHORTS, index));
            case I64, U8 -> (float) longAt(index);
        };
    }

    private double doubleAt(int index) {
        return switch (dtype) {
            case F64 -> data.getAtIndex(DOUBLES, index);
            case I64, U8 -> (double) longAt(index);
            case F32, F16, BF16 -> floatAt(index);
        };
    }

    private float oddFloatAt(int index) {
        return switch (dtype) {
            case F64 -> Rounding.oddFloat(data.getAtIndex(DOUBLES, index));
            case I64 -> Rounding.oddFloat(Rounding.oddDouble(longAt(index)));
            case F32, F16, BF16, U8 -> floatAt(index);
        };
    }

    private long longAt(int index) {
        return dtype == DType.U8
                ? Byte.toUnsignedLong(data.get(JAVA_BYTE, index))
                : data.getAtIndex(LONGS, index);
    }

    private long integerAt(int index, DType target) {
        return dtype == DType.U8 ? longAt(index) : Rounding.toInteger(doubleAt(index), target);
    }

    private int arrayLength() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(this + " is too large for one array");
        }
        return (int) size();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tensor that
                && dtype == that.dtype
                && shape.equals(that.shape)
                && data.mismatch(that.data) == -1;
    }

    @Override
    public int hashCode() {
        return Objects.hash(dtype, shape);
    }

    /** Type and shape, as {@code F32[3, 4]}. */
    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
