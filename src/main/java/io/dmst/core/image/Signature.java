package io.dmst.core.image;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Detects the format of a file by its first bytes, regardless of its name or media type. */
final class Signature {
    private static final Map<String, String> OTHERS = others();

    private Signature() {}

    static ImageFormat of(Bytes file) throws Refusal {
        if (file.length() == 0) {
            throw Refusal.invalid("the file is empty; send the bytes of a picture");
        }
        if (file.has(0, "\u00ff\u00d8\u00ff")) {
            return ImageFormat.JPEG;
        }
        if (file.has(0, "\u0089PNG\r\n\u001a\n")) {
            return ImageFormat.PNG;
        }
        if (file.has(0, "GIF87a") || file.has(0, "GIF89a")) {
            return ImageFormat.GIF;
        }
        if (file.has(0, "RIFF") && file.has(8, "WEBP")) {
            return ImageFormat.WEBP;
        }
        if (file.has(0, "BM")) {
            return ImageFormat.BMP;
        }
        throw Refusal.unsupported(
                "expected JPEG, PNG, GIF, BMP or WebP, got "
                        + describe(file)
                        + "; convert it to one of these");
    }

    private static String describe(Bytes file) {
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (file.has(0, other.getKey())) {
                return other.getValue();
            }
        }
        if (file.has(4, "ftyp")) {
            return "a HEIF, AVIF or video file";
        }
        byte[] first = new byte[Math.min(file.length(), 8)];
        file.copy(0, first.length, first, 0);
        return "bytes that start with " + HexFormat.of().formatHex(first);
    }

    private static Map<String, String> others() {
        Map<String, String> others = new LinkedHashMap<>();
        others.put("PK\u0003\u0004", "a zip archive");
        others.put("%PDF", "a PDF document");
        others.put("II*\0", "a TIFF file");
        others.put("MM\0*", "a TIFF file");
        others.put("\u00ff\n", "a JPEG XL file");
        others.put("\0\0\0\fJXL ", "a JPEG XL file");
        others.put("\0\0\0\fjP  ", "a JPEG 2000 file");
        others.put("\0\0\1\0", "an icon file");
        others.put("<", "a text document (SVG, HTML or XML)");
        return others;
    }
}
