package io.dmst.core.image;

import java.util.List;

/**
 * Walks the markers of a JPEG file (ITU-T T.81, annex B) from start to end of image; the coded
 * pixels between are skipped, not decoded.
 *
 * <p>Bytes after the end marker are cut off. A file without one is refused, since decoders silently
 * fill missing pixels with grey.
 */
final class JpegWalk {
    /**
     * Every scan of a progressive file costs one pass over the picture, even a scan of few bytes.
     */
    private static final int MAX_SCANS = 64;

    private static final int PREFIX = 0xff;
    private static final int SOF0 = 0xc0;
    private static final int SOF2 = 0xc2;
    private static final int SOF15 = 0xcf;
    private static final int DHT = 0xc4;
    private static final int JPG = 0xc8;
    private static final int DAC = 0xcc;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP1 = 0xe1;
    private static final int TEM = 0x01;
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

    private final Bytes file;
    private final ImageLimits limits;
    private int width;
    private int height;
    private int scans;
    private boolean framed;
    private final OrientationTags tags = new OrientationTags();

    JpegWalk(Bytes file, ImageLimits limits) {
        this.file = file;
        this.limits = limits;
    }

    ImageHeader header() throws Refusal {
        int at = 2;
        while (true) {
            at = nextMarker(at);
            int marker = file.u8(at - 1);
            if (marker == EOI) {
                break;
            }
            if (marker == SOI) {
                throw Refusal.invalid("the JPEG file starts a second picture inside the first");
            }
            if (marker != TEM && (marker < RST0 || marker > RST7)) {
                at = segment(marker, at);
            }
        }
        if (!framed || scans == 0) {
            throw Refusal.invalid("the JPEG file holds no picture: it ends before its first scan");
        }
        return new ImageHeader(
                width, height, tags.orientation(), List.of(new ImageHeader.Part(0, at)));
    }

    /** Position after the next marker. Stuffed zeros in coded data are no markers. */
    private int nextMarker(int from) throws Refusal {
        int at = file.find(PREFIX, from);
        while (at >= 0 && at + 1 < file.length()) {
            int code = file.u8(at + 1);
            if (code != 0 && code != PREFIX) {
                return at + 2;
            }
            at = file.find(PREFIX, at + 1);
        }
        throw Refusal.invalid(
                "the JPEG file is truncated: no end marker in %d bytes; send it again"
                        .formatted(file.length()));
    }

    private int segment(int marker, int at) throws Refusal {
        int length = file.u16be(at);
        if (length < 2) {
            throw Refusal.invalid(
                    "the JPEG file is damaged: a segment has the impossible length %d"
                            .formatted(length));
        }
        file.need(at, length);
        int end = at + length;
        if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
            frame(marker, at);
        } else if (marker == APP1 && file.has(at + 2, "Exif\0\0")) {
            tags.exif(file, at + 2, end);
        } else if (marker == APP1 && file.has(at + 2, XMP)) {
            tags.xmp(file.ascii(at + 2, length - 2));
        } else if (marker == SOS && ++scans > MAX_SCANS) {
            throw Refusal.invalid(
                    "a JPEG file of more than %d scans is not decoded".formatted(MAX_SCANS));
        }
        return end;
    }

    private void frame(int marker, int at) throws Refusal {
        if (framed) {
            throw Refusal.invalid("the JPEG file declares its size twice");
        }
        framed = true;
        int precision = file.u8(at + 2);
        int components = file.u8(at + 7);
        if (marker > SOF2 || precision != 8) {
            throw Refusal.unsupported(
                    "expected baseline or progressive JPEG of 8 bits, got process %d of %d bits; save it again as one of these"
                            .formatted(marker - SOF0, precision));
        }
        if (components != 1 && components != 3 && components != 4) {
            throw Refusal.unsupported(
                    "expected a JPEG of 1, 3 or 4 components, got %d".formatted(components));
        }
        height = file.u16be(at + 3);
        width = file.u16be(at + 5);
        limits.checkSides(width, height);
    }
}
