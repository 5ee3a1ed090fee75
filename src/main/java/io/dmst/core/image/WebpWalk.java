package io.dmst.core.image;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the chunks of a WebP file (RFC 9649); bytes after the RIFF container are cut off. */
final class WebpWalk {
    private static final int FIRST_CHUNK = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int LOSSLESS_SIGNATURE = 0x2f;

    private final Bytes file;
    private final ImageLimits limits;
    private final OrientationTags tags = new OrientationTags();
    private @Nullable Size canvas;
    private boolean pixels;

    private record Size(int width, int height) {}

    WebpWalk(Bytes file, ImageLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    ImageHeader header() throws Refusal {
        long declared = file.u32le(4) + CHUNK_HEADER;
        int at = FIRST_CHUNK;
        while (at < declared) {
            long length = file.u32le(at + 4L);
            chunk(at, at + CHUNK_HEADER, length);
            file.need(at, CHUNK_HEADER + length);
            at = (int) (at + CHUNK_HEADER + length + (length & 1));
        }
        file.need(0, declared);
        if (canvas == null || !pixels) {
            throw Refusal.invalid("the WebP file holds no picture");
        }
        return new ImageHeader(
                canvas.width(),
                canvas.height(),
                tags.orientation(),
                List.of(new ImageHeader.Part(0, (int) declared)));
    }

    private void chunk(int at, int body, long length) throws Refusal {
        if (file.has(at, "VP8X")) {
            check(new Size(file.u24le(body + 4L) + 1, file.u24le(body + 7L) + 1));
        } else if (file.has(at, "VP8 ")) {
            pixels = true;
            check(lossy(body));
        } else if (file.has(at, "VP8L")) {
            pixels = true;
            check(lossless(body));
        } else if (file.has(at, "ANMF")) {
            pixels = true;
            check(frame(body));
        } else if (file.has(at, "EXIF")) {
            file.need(body, length);
            tags.exif(file, body, (int) (body + length));
        } else if (file.has(at, "XMP ")) {
            file.need(body, length);
            tags.xmp(file.ascii(body, (int) length));
        }
    }

    /** The first size is that of the canvas; no frame may be larger. */
    private void check(Size size) throws Refusal {
        if (canvas == null) {
            limits.checkSides(size.width(), size.height());
            canvas = size;
        } else if (size.width() > canvas.width() || size.height() > canvas.height()) {
            throw Refusal.invalid("the WebP file holds a frame larger than its canvas");
        }
    }

    /** Size of a frame of an animation, and of the coded picture inside it. */
    private Size frame(int body) throws Refusal {
        Size size = new Size(file.u24le(body + 6L) + 1, file.u24le(body + 9L) + 1);
        int inner = body + FRAME_HEADER;
        if (file.has(inner, "ALPH")) {
            long length = file.u32le(inner + 4L);
            file.need(inner, CHUNK_HEADER + length + CHUNK_HEADER);
            inner = (int) (inner + CHUNK_HEADER + length + (length & 1));
        }
        Size coded =
                file.has(inner, "VP8L")
                        ? lossless(inner + CHUNK_HEADER)
                        : lossy(inner + CHUNK_HEADER);
        if (!coded.equals(size)) {
            throw Refusal.invalid("the WebP file is damaged: it declares two sizes for one frame");
        }
        return size;
    }

    private Size lossy(int body) throws Refusal {
        boolean keyFrame = (file.u8(body) & 1) == 0;
        if (!keyFrame || !file.has(body + 3L, "\u009d\u0001\u002a")) {
            throw Refusal.invalid("the WebP file does not start with a key frame");
        }
        return new Size(file.u16le(body + 6L) & 0x3fff, file.u16le(body + 8L) & 0x3fff);
    }

    private Size lossless(int body) throws Refusal {
        if (file.u8(body) != LOSSLESS_SIGNATURE) {
            throw Refusal.invalid("the lossless WebP picture lacks its signature");
        }
        long bits = file.u32le(body + 1L);
        return new Size((int) (bits & 0x3fff) + 1, (int) (bits >> 14 & 0x3fff) + 1);
    }
}
