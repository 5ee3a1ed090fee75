package io.dmst.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bounded reads of unsigned numbers from a file; past its end stands a {@link Refusal} and never
 * another exception.
 */
final class Bytes {
    private static final VarHandle U16_BE = view(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U16_LE = view(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32_BE = view(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32_LE = view(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;

    Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    int u8(long at) throws Refusal {
        need(at, 1);
        return bytes[(int) at] & 0xff;
    }

    int u16be(long at) throws Refusal {
        need(at, 2);
        return (short) U16_BE.get(bytes, (int) at) & 0xffff;
    }

    int u16le(long at) throws Refusal {
        need(at, 2);
        return (short) U16_LE.get(bytes, (int) at) & 0xffff;
    }

    int u24le(long at) throws Refusal {
        return u16le(at) | u8(at + 2) << 16;
    }

    long u32be(long at) throws Refusal {
        need(at, 4);
        return (int) U32_BE.get(bytes, (int) at) & 0xffffffffL;
    }

    long u32le(long at) throws Refusal {
        need(at, 4);
        return (int) U32_LE.get(bytes, (int) at) & 0xffffffffL;
    }

    /** Whether the ASCII text stands at this place. */
    boolean has(long at, String ascii) {
        byte[] expected = ascii.getBytes(StandardCharsets.ISO_8859_1);
        return at >= 0
                && at + expected.length <= bytes.length
                && Arrays.equals(
                        bytes, (int) at, (int) at + expected.length, expected, 0, expected.length);
    }

    String ascii(int at, int count) throws Refusal {
        need(at, count);
        return new String(bytes, at, count, StandardCharsets.ISO_8859_1);
    }

    void need(long at, long count) throws Refusal {
        if (at < 0 || count < 0 || at > bytes.length - count) {
            throw Refusal.invalid(
                    "the file is truncated: it ends after %d bytes where byte %d is needed; send it again"
                            .formatted(bytes.length, at + count));
        }
    }

    private static VarHandle view(Class<?> type, ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(type, order);
    }
}
