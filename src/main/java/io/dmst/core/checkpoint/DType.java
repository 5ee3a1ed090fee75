package io.dmst.core.checkpoint;

/**
 * Type of a tensor's values; the constants' names are those of the safetensors format.
 *
 * <p>Their order is that of the reference implementation, which lays tensors out by descending
 * type: the widest first keeps every one aligned.
 */
public enum DType {
    /** Unsigned integers of 8 bits, 0 to 255. */
    U8(1),
    /** IEEE 754 half precision. */
    F16(2),
    /** The upper half of an IEEE 754 single: 8 exponent and 7 fraction bits. */
    BF16(2),
    /** IEEE 754 single precision. */
    F32(4),
    /** IEEE 754 double precision. */
    F64(8),
    /** Signed integers of 64 bits. */
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one value in bytes. */
    public int bytes() {
        return bytes;
    }
}
