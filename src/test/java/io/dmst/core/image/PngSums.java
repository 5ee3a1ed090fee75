package io.dmst.core.image;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Repairs the check sums of a PNG file. */
final class PngSums {
    private PngSums() {}

    static byte[] correct(byte[] file) {
        ByteBuffer png = ByteBuffer.wrap(file);
        int at = 8;
        while (at + 12 <= file.length) {
            long end = at + 12L + (png.getInt(at) & 0xffffffffL);
            if (end > file.length) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(file, at + 4, (int) end - at - 8);
            png.putInt((int) end - 4, (int) crc.getValue());
            at = (int) end;
        }
        return file;
    }
}
