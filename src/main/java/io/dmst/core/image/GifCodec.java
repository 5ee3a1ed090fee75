package io.dmst.core.image;

/**
 * Paints the first frame of a GIF file on a white canvas. A frame without a palette is grey, as in
 * Pillow.
 */
final class GifCodec {
    private static final int GLOBAL_COLOURS = 13;
    private static final int DESCRIPTOR = 10;
    private static final int[] FIRST_ROW = {0, 4, 2, 1};
    private static final int[] ROW_STEP = {8, 8, 4, 2};

    private final Bytes file;
    private final ImageHeader header;
    private final int frame;
    private final int flags;

    private GifCodec(ImageHeader header, Bytes file) throws Refusal {
        this.file = file;
        this.header = header;
        this.frame = header.parts().get(GifWalk.FRAME).start();
        this.flags = file.u8(frame + 9L);
    }

    static RgbImage decode(ImageHeader header, Bytes file) throws Refusal {
        return new GifCodec(header, file).image();
    }

    private RgbImage image() throws Refusal {
        int left = file.u16le(frame + 1L);
        int top = file.u16le(frame + 3L);
        int wide = file.u16le(frame + 5L);
        int high = file.u16le(frame + 7L);
        int[] palette = palette();
        int codes = frame + DESCRIPTOR + GifWalk.tableLength(flags);
        byte[] indexes = new GifLzw(file, codes).decode(wide * high);
        Canvas canvas = new Canvas(header.height(), header.width());
        int[] row = new int[wide];
        for (int y = 0; y < high; y++) {
            for (int x = 0; x < wide; x++) {
                int index = indexes[y * wide + x] & 0xff;
                if (index >= palette.length) {
                    throw Refusal.invalid("the file uses a colour that its palette lacks");
                }
                row[x] = palette[index];
            }
            canvas.packed(top + place(y, high), left, row, wide);
        }
        return canvas.image();
    }

    private int[] palette() throws Refusal {
        boolean local = GifWalk.tableLength(flags) > 0;
        int length = GifWalk.tableLength(local ? flags : file.u8(10));
        int at = local ? frame + DESCRIPTOR : GLOBAL_COLOURS;
        int[] palette = new int[length > 0 ? length / 3 : 256];
        for (int i = 0; i < palette.length; i++, at += 3) {
            int colour =
                    length == 0
                            ? i * 0x010101
                            : file.u8(at) << 16 | file.u8(at + 1L) << 8 | file.u8(at + 2L);
            palette[i] = 0xff000000 | colour;
        }
        ImageHeader.Part control = header.parts().get(GifWalk.CONTROL);
        if (control.end() > control.start() && (file.u8(control.start() + 3L) & 1) == 1) {
            int transparent = file.u8(control.start() + 6L);
            if (transparent < palette.length) {
                palette[transparent] = 0;
            }
        }
        return palette;
    }

    /** Row of the picture that the stored row is. */
    private int place(int stored, int high) {
        if ((flags & 0x40) == 0) {
            return stored;
        }
        int rest = stored;
        for (int pass = 0; pass < 3; pass++) {
            int rows = Math.max(0, (high - FIRST_ROW[pass] + ROW_STEP[pass] - 1) / ROW_STEP[pass]);
            if (rest < rows) {
                return FIRST_ROW[pass] + rest * ROW_STEP[pass];
            }
            rest -= rows;
        }
        return FIRST_ROW[3] + rest * ROW_STEP[3];
    }
}
