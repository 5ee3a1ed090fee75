package io.dmst.core.image;

import java.util.List;

/**
 * Decodes a Windows or OS/2 bitmap of 1, 4, 8, 16, 24 or 32 bits per pixel, with run lengths or bit
 * fields.
 *
 * <p>The file size in the header is ignored, since many programs write a wrong one; so is the
 * fourth byte of 32-bit pixels without bit fields. The JDK's reader trusts the former, shows the
 * latter as alpha, refuses headers of 52, 56 and 64 bytes, and fills in missing run lengths.
 */
final class BmpFile {
    private static final int FILE_HEADER = 14;
    private static final int CORE = 12;
    private static final int INFO = 40;
    private static final int OS2_V2 = 64;
    private static final List<Integer> HEADERS = List.of(CORE, INFO, 52, 56, OS2_V2, 108, 124);
    private static final int PLAIN = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private final Bytes file;
    private final int headerLength;
    private final int width;
    private final int height;
    private final boolean topDown;
    private final int depth;
    private final long compression;

    BmpFile(Bytes file, ImageLimits limits) throws Refusal {
        this.file = file;
        long length = file.u32le(FILE_HEADER);
        if (length > 124 || !HEADERS.contains((int) length)) {
            throw Refusal.unsupported(
                    "expected a bitmap header of one of the lengths %s, got %d"
                            .formatted(HEADERS, length));
        }
        headerLength = (int) length;
        file.need(FILE_HEADER, length);
        boolean core = length == CORE;
        long wide = core ? file.u16le(18) : file.u32le(18);
        // a negative height announces rows from top to bottom
        long high = core ? file.u16le(20) : (int) file.u32le(22);
        limits.checkSides(wide, Math.abs(high));
        width = (int) wide;
        height = (int) Math.abs(high);
        topDown = high < 0;
        depth = file.u16le(core ? 24 : 28);
        compression = core ? PLAIN : file.u32le(30);
        checkLayout();
    }

    /** Checks that the file is as long as its header says. */
    ImageHeader header() throws Refusal {
        file.need(pixels(), packed() ? codedLength() : (long) stride() * height);
        return new ImageHeader(
                width, height, Orientation.NORMAL, List.of(new ImageHeader.Part(0, file.length())));
    }

    RgbImage image() throws Refusal {
        BmpColours colours = depth <= 8 ? palette() : masks();
        int pixels = pixels();
        byte[] indexes = {};
        if (packed()) {
            int end = codedLength() > 0 ? (int) (pixels + codedLength()) : file.length();
            indexes = new BmpRle(file, pixels, end, compression == RLE4).decode(width, height);
        }
        Canvas canvas = new Canvas(height, width);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            long start = pixels + (long) y * stride();
            for (int x = 0; x < width; x++) {
                long value = packed() ? indexes[y * width + x] & 0xff : sample(start, x);
                row[x] = colours.argb(value);
            }
            canvas.packed(topDown ? y : height - 1 - y, 0, row, width);
        }
        return canvas.image();
    }

    private long sample(long row, int x) throws Refusal {
        return switch (depth) {
            case 16 -> file.u16le(row + 2L * x);
            case 24 -> file.u24le(row + 3L * x);
            case 32 -> file.u32le(row + 4L * x);
            default -> {
                long bit = (long) x * depth;
                int shift = 8 - depth - (int) (bit & 7);
                yield file.u8(row + (bit >> 3)) >> shift & (1 << depth) - 1;
            }
        };
    }

    private void checkLayout() throws Refusal {
        boolean known =
                switch (depth) {
                    case 1, 24 -> compression == PLAIN;
                    case 4 -> compression == PLAIN || compression == RLE4;
                    case 8 -> compression == PLAIN || compression == RLE8;
                    case 16, 32 ->
                            compression == PLAIN
                                    || (compression == BIT_FIELDS && headerLength != OS2_V2);
                    default -> false;
                };
        if (!known) {
            throw Refusal.unsupported(
                    "bitmaps of %d bits with compression %d are not decoded; save it again as PNG"
                            .formatted(depth, compression));
        }
    }

    private boolean packed() {
        return compression == RLE8 || compression == RLE4;
    }

    /** Of one row in bytes, a multiple of four. */
    private int stride() {
        return (int) (((long) width * depth + 31) / 32 * 4);
    }

    /** Of run lengths in bytes; zero where the header does not tell. */
    private long codedLength() throws Refusal {
        return file.u32le(34);
    }

    /** Position of the first pixel; some programs omit the palette from it. */
    private int pixels() throws Refusal {
        long declared = file.u32le(10);
        int start = FILE_HEADER + headerLength;
        if (declared == 0 || declared == start) {
            declared = start + (long) declaredColours() * entry();
            declared += compression == BIT_FIELDS && headerLength == INFO ? 12 : 0;
        }
        if (declared < start) {
            throw Refusal.invalid("the bitmap's pixels start inside of its header");
        }
        file.need(declared, 1);
        return (int) declared;
    }

    private int entry() {
        return headerLength == CORE ? 3 : 4;
    }

    private int declaredColours() throws Refusal {
        long declared = depth > 8 || headerLength == CORE ? 0 : file.u32le(46);
        if (declared > file.length()) {
            throw Refusal.invalid("the bitmap declares %d palette entries".formatted(declared));
        }
        return declared > 0 ? (int) declared : depth > 8 ? 0 : 1 << depth;
    }

    private BmpColours palette() throws Refusal {
        int start = FILE_HEADER + headerLength;
        int present = Math.min((pixels() - start) / entry(), declaredColours());
        return BmpColours.palette(file, start, Math.min(present, 1 << depth), entry());
    }

    private BmpColours masks() throws Refusal {
        if (compression == PLAIN) {
            return depth == 16
                    ? BmpColours.masks(0x7c00, 0x3e0, 0x1f, 0)
                    : BmpColours.masks(0xff0000, 0xff00, 0xff, 0);
        }
        // after a header of 40 bytes, at the same position inside a longer one
        int at = FILE_HEADER + INFO;
        return BmpColours.masks(
                file.u32le(at),
                file.u32le(at + 4L),
                file.u32le(at + 8L),
                headerLength >= 56 ? file.u32le(at + 12L) : 0);
    }
}
