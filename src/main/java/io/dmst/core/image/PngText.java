package io.dmst.core.image;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the orientation out of the text chunks of one PNG file: XMP, and EXIF as hexadecimal digits
 * as ImageMagick writes it. All texts together are read up to a bound, so that small compressed
 * chunks cannot cost much time or memory.
 */
final class PngText {
    private static final String XMP = "XML:com.adobe.xmp\0";
    private static final String EXIF = "Raw profile type exif\0";
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private final Bytes file;
    private final OrientationTags tags;
    private int budget = MAX_TEXT_BYTES;

    PngText(Bytes file, OrientationTags tags) {
        this.file = file;
        this.tags = tags;
    }

    /**
     * @param type tEXt, zTXt or iTXt
     * @param start of the chunk's data
     * @param end of the chunk's data, exclusive
     */
    void read(String type, int start, int end) throws Refusal {
        if (file.has(start, XMP)) {
            tags.xmp(text(type, start + XMP.length(), end));
        } else if (file.has(start, EXIF)) {
            exif(text(type, start + EXIF.length(), end));
        }
    }

    /** Of the lines of a raw profile the first three hold its name and length. */
    private void exif(String profile) {
        int at = -1;
        for (int line = 0; line < 3; line++) {
            at = profile.indexOf('\n', at + 1);
            if (at < 0) {
                return;
            }
        }
        String digits = profile.substring(at).replaceAll("\\s", "");
        try {
            byte[] block = HexFormat.of().parseHex(digits, 0, digits.length() & -2);
            tags.exif(new Bytes(MemorySegment.ofArray(block)), 0, block.length);
        } catch (IllegalArgumentException broken) {
            // ignored like other broken metadata
        }
    }

    private String text(String type, int afterKeyword, int end) throws Refusal {
        int at = afterKeyword;
        boolean compressed = type.equals("zTXt");
        if (type.equals("iTXt")) {
            compressed = file.u8(at) == 1;
            int language = file.find(0, at + 2);
            at = language < 0 ? end : file.find(0, language + 1);
        }
        at += type.equals("tEXt") ? 0 : 1;
        if (at <= 0 || at >= end) {
            return "";
        }
        byte[] text = new byte[compressed ? budget : Math.min(budget, end - at)];
        int length = text.length;
        if (compressed) {
            length = inflate(at, end, text);
        } else {
            file.copy(at, length, text, 0);
        }
        budget -= length;
        return new String(text, 0, length, StandardCharsets.ISO_8859_1);
    }

    private int inflate(int at, int end, byte[] into) {
        Inflater inflater = new Inflater();
        int length = 0;
        try {
            inflater.setInput(file.buffer(at, end - at));
            int count = inflater.inflate(into);
            while (count > 0) {
                length += count;
                count = inflater.inflate(into, length, into.length - length);
            }
        } catch (DataFormatException broken) {
            // what was read before is kept: the orientation stands near the beginning
        } finally {
            inflater.end();
        }
        return length;
    }
}
