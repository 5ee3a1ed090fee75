package io.dmst.core.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads unsigned numbers from a file on the heap or outside of it. A read past the end throws a
 * {@link Refusal}, never another exception.
 */
final class Bytes {
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16_BE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort U16_LE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32_BE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32_LE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final int length;

    /**
     * @param bytes at most {@link Integer#MAX_VALUE}
     */
    Bytes(MemorySegment bytes) {
        this.bytes = bytes;
        this.length = Math.toIntExact(bytes.byteSize());
    }

    int length() {
        return length;
    }

    /** A view of the first bytes. */
    MemorySegment first(int count) {
        return bytes.asSlice(0, count);
    }

    /** A view of some bytes. */
    ByteBuffer buffer(int from, int count) {
        return bytes.asSlice(from, count).asByteBuffer();
    }

    void copy(int from, int count, byte[] into, int at) {
        MemorySegment.copy(bytes, U8, from, into, at, count);
    }

    int u8(long at) throws Refusal {
        need(at, 1);
        return bytes.get(U8, at) & 0xff;
    }

    int u16be(long at) throws Refusal {
        need(at, 2);
        return bytes.get(U16_BE, at) & 0xffff;
    }

    int u16le(long at) throws Refusal {
        need(at, 2);
        return bytes.get(U16_LE, at) & 0xffff;
    }

    int u24le(long at) throws Refusal {
        return u16le(at) | u8(at + 2) << 16;
    }

    long u32be(long at) throws Refusal {
        need(at, 4);
        return bytes.get(U32_BE, at) & 0xffffffffL;
    }

    long u32le(long at) throws Refusal {
        need(at, 4);
        return bytes.get(U32_LE, at) & 0xffffffffL;
    }

    /** Position of the first byte with this value at or after a position; -1 if there is none. */
    int find(int value, int from) {
        for (int at = from; at < length; at++) {
            if (bytes.get(U8, at) == (byte) value) {
                return at;
            }
        }
        return -1;
    }

    /** Whether the file has this ASCII text at this position. */
    boolean has(long at, String ascii) {
        if (at < 0 || at + ascii.length() > length) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if ((bytes.get(U8, at + i) & 0xff) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String ascii(int at, int count) throws Refusal {
        need(at, count);
        byte[] text = new byte[count];
        copy(at, count, text, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    void need(long at, long count) throws Refusal {
        if (at < 0 || count < 0 || at > length - count) {
            throw Refusal.invalid(
                    "the file is truncated: it ends after %d bytes where byte %d is needed; send it again"
                            .formatted(length, at + count));
        }
    }
}
