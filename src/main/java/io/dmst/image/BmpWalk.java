package io.dmst.image;

import java.util.List;

/**
 * Reads the headers of a Windows or OS/2 bitmap and checks that the file is as long as they say.
 */
final class BmpWalk {
    private static final int FILE_HEADER = 14;
    private static final int CORE = 12;
    private static final int INFO = 40;
    private static final int V5 = 124;
    private static final int PLAIN = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private final Bytes file;
    private final ImageLimits limits;

    BmpWalk(Bytes file, ImageLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    Header header() throws Refusal {
        long dib = file.u32le(FILE_HEADER);
        boolean core = dib == CORE;
        if (!core && (dib < INFO || dib > V5)) {
            throw Refusal.unsupported(
                    "expected a bitmap header of 12 or 40 to 124 bytes, got %d".formatted(dib));
        }
        file.need(FILE_HEADER, dib);
        long wide = core ? file.u16le(18) : file.u32le(18);
        // rows from top to bottom are announced by a negative height
        long high = core ? file.u16le(20) : Math.abs((long) (int) file.u32le(22));
        limits.checkSides(wide, high);
        int depth = file.u16le(core ? 24 : 28);
        long compression = core ? PLAIN : file.u32le(30);
        checkLayout(depth, compression);
        checkPalette(core ? 0 : file.u32le(46));
        checkLength(wide, high, depth, compression);
        return new Header(
                (int) wide,
                (int) high,
                Orientation.NORMAL,
                List.of(new Header.Part(0, file.length())));
    }

    private static void checkLayout(int depth, long compression) throws Refusal {
        boolean known =
                switch (depth) {
                    case 1, 24 -> compression == PLAIN;
                    case 4 -> compression == PLAIN || compression == RLE4;
                    case 8 -> compression == PLAIN || compression == RLE8;
                    case 16, 32 -> compression == PLAIN || compression == BIT_FIELDS;
                    default -> false;
                };
        if (!known) {
            throw Refusal.unsupported(
                    "bitmaps of %d bits with compression %d are not decoded; save it again as PNG"
                            .formatted(depth, compression));
        }
    }

    private static void checkPalette(long colours) throws Refusal {
        if (colours > 256) {
            throw Refusal.invalid("a bitmap has at most 256 palette entries, not " + colours);
        }
    }

    private void checkLength(long width, long height, int depth, long compression) throws Refusal {
        long pixels = file.u32le(10);
        file.need(pixels, 1);
        if (compression == PLAIN || compression == BIT_FIELDS) {
            file.need(pixels, (width * depth + 31) / 32 * 4 * height);
            return;
        }
        long coded = file.u32le(34);
        file.need(pixels, coded);
        long declared = file.u32le(2);
        // where the coded length is absent, decoders take it from the length of the file in its
        // header
        if (coded == 0 && declared <= pixels) {
            throw Refusal.invalid("the bitmap does not say how long its coded pixels are");
        }
        file.need(0, declared);
    }
}
