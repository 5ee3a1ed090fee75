package io.dmst.core.image;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the blocks of a GIF file (GIF89a) to its trailer and keeps the positions of the screen
 * header with its colours, of the first frame and of its control block, which may be empty.
 */
final class GifWalk {
    /** Indexes of the parts. */
    static final int CONTROL = 1;

    static final int FRAME = 2;

    private static final int SCREEN = 13;
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int DESCRIPTOR = 10;

    private final Bytes file;
    private final ImageLimits limits;
    private ImageHeader.Part control = new ImageHeader.Part(0, 0);
    private ImageHeader.@Nullable Part frame;
    private int width;
    private int height;

    GifWalk(Bytes file, ImageLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    ImageHeader header() throws Refusal {
        width = file.u16le(6);
        height = file.u16le(8);
        if (width > 0 && height > 0) {
            limits.checkSides(width, height);
        }
        int colours = SCREEN + tableLength(file.u8(10));
        int at = colours;
        for (int block = file.u8(at); block != TRAILER; block = file.u8(at)) {
            at =
                    switch (block) {
                        case EXTENSION -> extension(at);
                        case IMAGE -> image(at);
                        default -> throw Refusal.invalid("unknown GIF block at byte " + at);
                    };
        }
        if (frame == null) {
            throw Refusal.invalid("the GIF file holds no frame");
        }
        return new ImageHeader(
                width,
                height,
                Orientation.NORMAL,
                List.of(new ImageHeader.Part(0, colours), control, frame));
    }

    private int extension(int at) throws Refusal {
        int end = subBlocks(at + 2);
        if (file.u8(at + 1) == GRAPHIC_CONTROL && frame == null && end - at == 8) {
            control = new ImageHeader.Part(at, end);
        }
        return end;
    }

    private int image(int at) throws Refusal {
        file.need(at, DESCRIPTOR);
        if (frame == null) {
            int wide = file.u16le(at + 5);
            int high = file.u16le(at + 7);
            limits.checkSides(wide, high);
            // a frame that hangs over the screen's edge widens it, as in Pillow
            width = Math.max(width, file.u16le(at + 1) + wide);
            height = Math.max(height, file.u16le(at + 3) + high);
            limits.checkSides(width, height);
        }
        int end = subBlocks(at + DESCRIPTOR + tableLength(file.u8(at + 9)) + 1);
        if (frame == null) {
            frame = new ImageHeader.Part(at, end);
        }
        return end;
    }

    /** Of a colour table in bytes; zero where the flags announce none. */
    static int tableLength(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private int subBlocks(int from) throws Refusal {
        int at = from;
        for (int length = file.u8(at); length != 0; length = file.u8(at)) {
            at += length + 1;
        }
        return at + 1;
    }
}
