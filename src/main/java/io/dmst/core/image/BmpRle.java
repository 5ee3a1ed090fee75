package io.dmst.core.image;

/**
 * Decodes the run lengths of a bitmap to palette indexes; skipped pixels have index 0. Data that
 * end before the last pixel are refused.
 */
final class BmpRle {
    private final Bytes file;
    private final int end;
    private final boolean nibbles;
    private int at;

    /**
     * @param end of the coded data in the file, exclusive
     * @param nibbles whether a byte holds two indexes (RLE4) or one (RLE8)
     */
    BmpRle(Bytes file, int start, int end, boolean nibbles) {
        this.file = file;
        this.at = start;
        this.end = end;
        this.nibbles = nibbles;
    }

    /** PixelRows in stored order, one byte per pixel. */
    byte[] decode(int width, int height) throws Refusal {
        byte[] indexes = new byte[width * height];
        int x = 0;
        int y = 0;
        while (y < height - 1 || (y == height - 1 && x < width)) {
            int count = next();
            int value = next();
            if (count > 0) {
                for (int i = 0; i < count; i++, x++) {
                    put(indexes, width, x, y, index(value, i));
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                throw ended();
            } else if (value == 2) {
                x += next();
                y += next();
            } else {
                int bytes = nibbles ? (value + 1) / 2 : value;
                int pair = 0;
                for (int i = 0; i < value; i++, x++) {
                    pair = nibbles && (i & 1) == 1 ? pair : next();
                    put(indexes, width, x, y, index(pair, i));
                }
                at += bytes & 1;
            }
        }
        return indexes;
    }

    private int index(int value, int i) {
        return !nibbles ? value : (i & 1) == 0 ? value >> 4 : value & 0xf;
    }

    /** Pixels beyond the end of a row are dropped. */
    private static void put(byte[] indexes, int width, int x, int y, int index) {
        if (x < width) {
            indexes[y * width + x] = (byte) index;
        }
    }

    private int next() throws Refusal {
        if (at >= end) {
            throw ended();
        }
        return file.u8(at++);
    }

    private static Refusal ended() {
        return Refusal.invalid(
                "the bitmap is damaged: its run lengths end before the last pixel; send it again");
    }
}
