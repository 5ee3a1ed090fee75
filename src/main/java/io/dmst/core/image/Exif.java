package io.dmst.core.image;

import org.jspecify.annotations.Nullable;

/**
 * Reads the orientation, and nothing else, out of an EXIF block (a TIFF header and its first
 * directory).
 */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int TYPE_LONG = 4;
    private static final int ENTRY = 12;

    private Exif() {}

    /**
     * @param start of the block, with or without the leading {@code Exif\0\0}
     * @param end of the block, exclusive
     * @return null where the block is broken or has no orientation
     */
    static @Nullable Orientation orientation(Bytes file, int start, int end) {
        int tiff = file.has(start, "Exif\0\0") ? start + 6 : start;
        try {
            if (file.has(tiff, "II*\0")) {
                return new Directory(file, tiff, end, true).orientation();
            }
            if (file.has(tiff, "MM\0*")) {
                return new Directory(file, tiff, end, false).orientation();
            }
            return null;
        } catch (Refusal broken) {
            return null;
        }
    }

    private record Directory(Bytes file, int tiff, int end, boolean little) {
        @Nullable Orientation orientation() throws Refusal {
            long directory = tiff + u32(tiff + 4L);
            int entries = u16(directory);
            for (int i = 0; i < entries; i++) {
                long entry = directory + 2 + (long) i * ENTRY;
                if (u16(entry) == ORIENTATION) {
                    int type = u16(entry + 2);
                    return Orientation.ofExif(
                            type == TYPE_SHORT
                                    ? u16(entry + 8)
                                    : type == TYPE_LONG ? u32(entry + 8) : 0);
                }
            }
            return null;
        }

        private int u16(long at) throws Refusal {
            within(at + 2);
            return little ? file.u16le(at) : file.u16be(at);
        }

        private long u32(long at) throws Refusal {
            within(at + 4);
            return little ? file.u32le(at) : file.u32be(at);
        }

        private void within(long stop) throws Refusal {
            if (stop > end) {
                throw Refusal.invalid("EXIF points out of its block");
            }
        }
    }
}
