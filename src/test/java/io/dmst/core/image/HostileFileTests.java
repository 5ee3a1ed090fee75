package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.image.Decoded.Picture;
import io.dmst.core.image.Decoded.Reason;
import io.dmst.core.image.Decoded.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileFileTests {
    private static final ImageLimits LIMITS = ImageLimits.defaults();

    private final ImageDecoder decoder = new ImageDecoder();

    static List<String> samples() {
        return Samples.names();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aTruncatedFileIsRefusedWhereverItEnds(String name) {
        byte[] whole = Samples.bytes(name);
        for (int percent = 0; percent < 100; percent += 5) {
            byte[] part = Arrays.copyOf(whole, (int) ((long) whole.length * percent / 100));
            assertThat(decoder.decode(part))
                    .as("%s at %d %%", name, percent)
                    .isInstanceOf(Refused.class);
        }
        assertThat(decoder.decode(Arrays.copyOf(whole, whole.length - 1)))
                .as(name + " without its last byte")
                .isInstanceOf(Refused.class);
    }

    @Test
    void aPhotographWithoutItsEndIsRefusedAsInvalid() {
        byte[] whole = Samples.read(Samples.ROOT.resolve("rocket.jpg"));

        assertRefused(Arrays.copyOf(whole, whole.length / 2), Reason.INVALID, "no end marker");
    }

    @Test
    void anEmptyFileIsInvalid() {
        assertRefused(new byte[0], Reason.INVALID, "empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><html><body>no picture</body></html>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                "%PDF-1.7",
                "II*\0",
                "\0\0\0\u0018ftypheic",
                "hello"
            })
    void whatIsNoSupportedPictureIsUnsupported(String text) {
        assertRefused(
                text.getBytes(StandardCharsets.ISO_8859_1),
                Reason.UNSUPPORTED,
                "expected JPEG, PNG");
    }

    @Test
    void aZipArchiveIsUnsupportedWhateverItsName() throws IOException {
        assertRefused(zip(), Reason.UNSUPPORTED, "a zip archive");
    }

    @Test
    void aHeaderOfMoreThanTheLimitIsTooLargeBeforeAnythingElse() {
        assertRefused(pngHeader(50_000, 50_000), Reason.TOO_LARGE, "50000 x 50000");
        assertRefused(pngHeader(-1, -1), Reason.TOO_LARGE, "4294967295 x 4294967295");
        assertRefused(bmpHeader(50_000, 50_000), Reason.TOO_LARGE, "50000 x 50000");
        assertRefused(bmpHeader(50_000, Integer.MIN_VALUE), Reason.TOO_LARGE, "50000 x 2147483648");
        assertRefused(gifHeader(65_535, 65_535), Reason.TOO_LARGE, "65535 x 65535");
        assertRefused(webpHeader(50_000, 50_000), Reason.TOO_LARGE, "50000 x 50000");
        byte[] jpeg = Samples.bytes("420.jpg");
        int frame = jpegFrame(jpeg);
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xff);
        assertRefused(jpeg, Reason.TOO_LARGE, "65535 x 65535");
    }

    @Test
    void absurdSidesAreTooLarge() {
        assertRefused(pngHeader(LIMITS.maxSideRatio() * 10 + 1, 10), Reason.TOO_LARGE, "100:1");
        assertRefused(bmpHeader(3, -5000), Reason.TOO_LARGE, "100:1");
    }

    @Test
    void zeroSidesAreInvalid() {
        assertRefused(pngHeader(0, 10), Reason.INVALID, "must be positive");
        assertRefused(bmpHeader(10, 0), Reason.INVALID, "must be positive");
        byte[] jpeg = Samples.bytes("420.jpg");
        int frame = jpegFrame(jpeg);
        Arrays.fill(jpeg, frame + 5, frame + 7, (byte) 0);
        assertRefused(jpeg, Reason.INVALID, "must be positive");
    }

    @Test
    void aFileOverTheByteLimitIsTooLarge() {
        ImageDecoder small = new ImageDecoder(new ImageLimits(100, 100, 1), 1 << 20);

        Decoded decoded = small.decode(Samples.bytes("rgb.png"));

        assertThat(decoded).isInstanceOf(Refused.class);
        assertThat(((Refused) decoded).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(((Refused) decoded).detail()).contains("at most 100 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"animated.gif", "420.jpg", "rgb.png", "lossy.webp", "rgb.bmp"})
    void whatFollowsThePictureIsIgnored(String name) throws IOException {
        byte[] polyglot = concat(Samples.bytes(name), zip());

        Decoded decoded = decoder.decode(polyglot);

        assertThat(Samples.picture(decoded).rgb()).isEqualTo(Samples.expected(name).rgb());
    }

    @ParameterizedTest
    @CsvSource({
        "gif-lzw-short.gif, coded pixels end before the last one",
        "gif-lzw-garbage.gif, impossible code",
        "rle-short.bmp, run lengths end before the last pixel",
        "rle-4-short.bmp, run lengths end before the last pixel",
        "rle-ended-early.bmp, run lengths end before the last pixel"
    })
    void codedPixelsThatEndEarlyAreInvalid(String name, String detail) {
        assertRefused(Samples.damaged(name), Reason.INVALID, detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmp-rle8-49m.bmp", "png-49m-pal-trns.png"})
    void fewBytesOfManyPixelsAreTooLarge(String name) {
        assertRefused(Samples.damaged(name), Reason.TOO_LARGE, "at most 25000000 pixels");
    }

    @Test
    void anUnknownBitmapHeaderIsUnsupportedByName() {
        byte[] bmp = Samples.bytes("rgb.bmp");
        bmp[14] = 44;

        assertRefused(bmp, Reason.UNSUPPORTED, "got 44");
    }

    @Test
    void compressedOs2BitmapsAreUnsupportedByName() {
        byte[] bmp = Samples.bytes("os2v2-header.bmp");
        bmp[30] = 4;

        assertRefused(bmp, Reason.UNSUPPORTED, "24 bits with compression 4");
    }

    @Test
    void aMaskThatIsNoBitFieldIsInvalid() {
        byte[] bmp = Samples.bytes("header-52.bmp");
        bmp[54] = 5;

        assertRefused(bmp, Reason.INVALID, "no bit field");
    }

    @Test
    void aColourBeyondThePaletteIsInvalid() {
        byte[] bmp = Samples.bytes("palette-of-20.bmp");
        bmp[bmp.length - 2] = 20;

        assertRefused(bmp, Reason.INVALID, "palette lacks");
    }

    @Test
    void aDamagedCheckSumIsInvalid() {
        byte[] png = Samples.bytes("rgb.png");
        png[png.length / 2] ^= 1;

        assertRefused(png, Reason.INVALID, "check sum");
    }

    @Test
    void missingPixelsBehindSoundChunksAreInvalid() {
        byte[] png = Samples.bytes("many-idat.png");
        byte[] lacking =
                concat(
                        Arrays.copyOf(png, 33 + 112),
                        Arrays.copyOfRange(png, png.length - 12, png.length));

        assertRefused(lacking, Reason.INVALID, "damaged");
    }

    @Test
    void jpegProcessesThatAreNotDecodedAreUnsupported() {
        byte[] jpeg = Samples.bytes("420.jpg");
        jpeg[jpegFrame(jpeg) + 1] = (byte) 0xc9;

        assertRefused(jpeg, Reason.UNSUPPORTED, "baseline or progressive");
    }

    @Test
    void endlessScansAreInvalid() {
        byte[] jpeg = Samples.bytes("420.jpg");
        byte[] scan = {(byte) 0xff, (byte) 0xda, 0, 3, 1, 0};
        byte[] scans = new byte[65 * scan.length];
        for (int at = 0; at < scans.length; at += scan.length) {
            System.arraycopy(scan, 0, scans, at, scan.length);
        }

        assertRefused(
                concat(
                        Arrays.copyOf(jpeg, jpeg.length - 2),
                        scans,
                        new byte[] {(byte) 0xff, (byte) 0xd9}),
                Reason.INVALID,
                "more than 64 scans");
    }

    @Test
    void onePixelIsAPicture() {
        for (String format : List.of("jpg", "png", "gif", "bmp", "webp")) {
            assertThat(decoder.decode(Samples.bytes("one-pixel." + format)))
                    .isInstanceOf(Picture.class);
        }
    }

    private void assertRefused(byte[] file, Reason reason, String detail) {
        Decoded decoded = decoder.decode(file);
        assertThat(decoded).isInstanceOf(Refused.class);
        assertThat(((Refused) decoded).reason()).as(((Refused) decoded).detail()).isEqualTo(reason);
        assertThat(((Refused) decoded).detail()).contains(detail);
    }

    private static int jpegFrame(byte[] jpeg) {
        for (int at = 0; ; at++) {
            if (jpeg[at] == (byte) 0xff && jpeg[at + 1] == (byte) 0xc0) {
                return at;
            }
        }
    }

    private static byte[] pngHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(33);
        file.putLong(0x89504e470d0a1a0aL)
                .putInt(13)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII));
        file.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(file.array(), 12, 17);
        return file.putInt((int) crc.getValue()).array();
    }

    private static byte[] bmpHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(54).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(54).putInt(0).putInt(54);
        return file.putInt(40)
                .putInt(width)
                .putInt(height)
                .putShort((short) 1)
                .putShort((short) 24)
                .array();
    }

    private static byte[] gifHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN);
        return file.put("GIF89a".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) width)
                .putShort((short) height)
                .array();
    }

    private static byte[] webpHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(22);
        file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0);
        file.putShort((short) (width - 1)).put((byte) 0);
        return file.putShort((short) (height - 1)).put((byte) 0).array();
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a.txt"));
            zip.write("no picture".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
