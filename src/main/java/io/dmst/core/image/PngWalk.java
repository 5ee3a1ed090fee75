package io.dmst.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Walks the chunks of a PNG file to its end chunk and checks the sums of the chunks that the
 * decoder needs; only these are kept, so that the decoder does not read profiles, texts or the
 * further frames of an animation.
 */
final class PngWalk {
    private static final int SIGNATURE = 8;
    private static final int HEADER_LENGTH = 13;
    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    private final Bytes file;
    private final ImageLimits limits;
    private final List<ImageHeader.Part> parts = new ArrayList<>();
    private int width;
    private int height;
    private int colour;
    private boolean palette;
    private boolean transparency;
    private boolean pixels;
    private final OrientationTags tags = new OrientationTags();
    private final PngText texts;

    PngWalk(Bytes file, ImageLimits limits) {
        this.file = file;
        this.limits = limits;
        this.texts = new PngText(file, tags);
    }

    ImageHeader header() throws Refusal {
        imageHeader();
        int at = SIGNATURE;
        boolean ended = false;
        while (!ended) {
            long length = file.u32be(at);
            file.need(at, length + 12);
            int end = (int) (at + length + 12);
            if (chunk(at, end)) {
                checkSum(at, end);
                keep(at, end);
            }
            ended = file.has(at + 4, "IEND");
            at = end;
        }
        if (!pixels || (colour == PALETTE && !palette)) {
            throw Refusal.invalid("the PNG file lacks its pixels or its palette");
        }
        return new ImageHeader(width, height, tags.orientation(), parts);
    }

    private void imageHeader() throws Refusal {
        if (!file.has(SIGNATURE + 4, "IHDR") || file.u32be(SIGNATURE) != HEADER_LENGTH) {
            throw Refusal.invalid("a PNG file must start with its IHDR chunk");
        }
        long wide = file.u32be(SIGNATURE + 8);
        long high = file.u32be(SIGNATURE + 12);
        limits.checkSides(wide, high);
        width = (int) wide;
        height = (int) high;
        int depth = file.u8(SIGNATURE + 16);
        colour = file.u8(SIGNATURE + 17);
        boolean known =
                switch (colour) {
                    case GREY ->
                            depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
                    case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
                    case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
                    default -> false;
                };
        if (!known || file.u16be(SIGNATURE + 18) != 0 || file.u8(SIGNATURE + 20) > 1) {
            throw Refusal.invalid(
                    "the PNG header is invalid: bit depth %d with colour type %d"
                            .formatted(depth, colour));
        }
    }

    /** Whether the chunk is needed for the pixels. */
    private boolean chunk(int at, int end) throws Refusal {
        String type = file.ascii(at + 4, 4);
        return switch (type) {
            case "IDAT" -> pixels = true;
            case "IEND" -> true;
            case "IHDR" -> first(at != SIGNATURE, at);
            case "PLTE" -> {
                palette = first(palette, at);
                yield colour == PALETTE;
            }
            case "tRNS" -> {
                transparency = first(transparency, at);
                yield colour == GREY || colour == RGB || palette;
            }
            case "eXIf" -> {
                tags.exif(file, at + 8, end - 4);
                yield false;
            }
            case "tEXt", "zTXt", "iTXt" -> {
                texts.read(type, at + 8, end - 4);
                yield false;
            }
            default -> {
                if (Character.isUpperCase(type.charAt(0))) {
                    throw Refusal.unsupported(
                            "the PNG file has an unknown critical chunk; save it again as plain PNG");
                }
                yield false;
            }
        };
    }

    private static boolean first(boolean before, int at) throws Refusal {
        if (before) {
            throw Refusal.invalid("the PNG file repeats a chunk at byte " + at);
        }
        return true;
    }

    private void checkSum(int at, int end) throws Refusal {
        CRC32 crc = new CRC32();
        crc.update(file.buffer(at + 4, end - at - 8));
        if (crc.getValue() != file.u32be(end - 4L)) {
            throw Refusal.invalid(
                    "the PNG file is damaged: wrong check sum of the chunk at byte " + at);
        }
    }

    private void keep(int at, int end) {
        parts.add(new ImageHeader.Part(parts.isEmpty() ? 0 : at, end));
    }
}
