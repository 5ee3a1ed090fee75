package io.dmst.core.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the orientation of a picture from its metadata. EXIF has precedence over XMP, as in
 * Pillow; of several blocks of one kind the first that has an orientation counts. Broken metadata
 * are ignored, since they are no reason to refuse a picture.
 */
final class OrientationTags {
    private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=[\"']|>)([0-9])");

    private @Nullable Orientation exif;
    private @Nullable Orientation xmp;

    void exif(Bytes file, int start, int end) {
        if (exif == null) {
            exif = Exif.orientation(file, start, end);
        }
    }

    void xmp(String packet) {
        Matcher matcher = XMP.matcher(packet);
        if (xmp == null && matcher.find()) {
            xmp = Orientation.ofExif(matcher.group(1).charAt(0) - '0');
        }
    }

    Orientation orientation() {
        return exif != null ? exif : xmp != null ? xmp : Orientation.NORMAL;
    }
}
