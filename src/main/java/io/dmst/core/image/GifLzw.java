package io.dmst.core.image;

/**
 * Decodes the LZW codes of a GIF frame (GIF89a, appendix F) to palette indexes. Codes that end
 * before the last pixel or that no encoder writes are refused; bytes after the last pixel are
 * ignored.
 *
 * <p>The JDK's reader mistakes the second of two successive clear codes for a pixel and fills in
 * missing pixels; OpenCV's refuses a byte of padding after the end code.
 */
final class GifLzw {
    private static final int MAX_BITS = 12;

    private final Bytes file;
    private final int clear;
    private final int minimumBits;
    private final short[] prefix = new short[1 << MAX_BITS];
    private final byte[] suffix = new byte[1 << MAX_BITS];
    private int at;
    private int blockEnd;
    private int buffer;
    private int buffered;

    /**
     * @param start position of the byte that says how many bits an index has
     */
    GifLzw(Bytes file, int start) throws Refusal {
        this.file = file;
        int bits = file.u8(start);
        if (bits < 1 || bits > 8) {
            throw Refusal.invalid("a GIF frame has indexes of 1 to 8 bits, not of " + bits);
        }
        clear = 1 << bits;
        minimumBits = bits + 1;
        at = start + 1;
        blockEnd = at;
    }

    /** As many indexes, in the order of the codes. */
    byte[] decode(int pixels) throws Refusal {
        byte[] indexes = new byte[pixels];
        byte[] string = new byte[1 << MAX_BITS];
        int written = 0;
        int bits = minimumBits;
        int next = clear + 2;
        int previous = -1;
        while (written < pixels) {
            int code = code(bits);
            if (code == clear) {
                bits = minimumBits;
                next = clear + 2;
                previous = -1;
                continue;
            }
            check(code, previous, next);
            int length = spell(code, previous, next, string);
            if (previous >= 0 && next < prefix.length) {
                prefix[next] = (short) previous;
                suffix[next] = string[length - 1];
                next++;
                bits += next == 1 << bits && bits < MAX_BITS ? 1 : 0;
            }
            previous = code;
            while (length > 0 && written < pixels) {
                indexes[written++] = string[--length];
            }
        }
        return indexes;
    }

    private void check(int code, int previous, int next) throws Refusal {
        if (code == clear + 1) {
            throw ended();
        }
        if (previous < 0 ? code > clear : code > next) {
            throw Refusal.invalid(
                    "the GIF file is damaged: its coded pixels hold an impossible code; send it again");
        }
    }

    /**
     * Writes the string of a code in reverse; a code that is about to be defined stands for the
     * previous string and its first index.
     */
    private int spell(int code, int previous, int next, byte[] string) {
        int length = code == next ? 1 : 0;
        int rest = code == next ? previous : code;
        while (rest >= clear) {
            string[length++] = suffix[rest];
            rest = prefix[rest];
        }
        string[length++] = (byte) rest;
        if (code == next) {
            string[0] = (byte) rest;
        }
        return length;
    }

    private int code(int bits) throws Refusal {
        while (buffered < bits) {
            if (at == blockEnd) {
                blockEnd = at + 1 + file.u8(at);
                at++;
                if (at == blockEnd) {
                    throw ended();
                }
            }
            buffer |= file.u8(at++) << buffered;
            buffered += 8;
        }
        int code = buffer & (1 << bits) - 1;
        buffer >>>= bits;
        buffered -= bits;
        return code;
    }

    private static Refusal ended() {
        return Refusal.invalid(
                "the GIF file is damaged: its coded pixels end before the last one; send it again");
    }
}
