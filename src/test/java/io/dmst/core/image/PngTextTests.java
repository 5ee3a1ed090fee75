package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class PngTextTests {
    private static final String XMP = "XML:com.adobe.xmp\0";
    private static final String TAG = "<tiff:Orientation>6</tiff:Orientation>";

    private final OrientationTags tags = new OrientationTags();

    @Test
    void allTextsTogetherAreReadUpToABound() throws IOException, Refusal {
        byte[] first = compressed(" ".repeat(2 << 20));
        byte[] second = compressed(TAG);

        Orientation alone = read(second);
        PngText texts = text(first, second);
        texts.read("zTXt", 0, first.length);
        texts.read("zTXt", first.length, first.length + second.length);

        assertThat(alone).isEqualTo(Orientation.QUARTER_RIGHT);
        assertThat(tags.orientation()).isEqualTo(Orientation.NORMAL);
    }

    @Test
    void brokenTextIsNoReasonToRefuse() throws IOException, Refusal {
        byte[] damaged = compressed(TAG);
        damaged[XMP.length() + 1] ^= 0x7f;
        for (byte[] broken :
                new byte[][] {
                    damaged,
                    ascii(XMP),
                    ascii("Raw profile type exif\0"),
                    ascii("Raw profile type exif\0\nexif\n 4\n4d4x"),
                    ascii("Raw profile type exif\0\nexif\n 4\n4d4d0")
                }) {
            for (String type : new String[] {"tEXt", "zTXt", "iTXt"}) {
                text(broken).read(type, 0, broken.length);
            }
        }
        assertThat(tags.orientation()).isEqualTo(Orientation.NORMAL);
    }

    private static Orientation read(byte[] chunk) throws Refusal {
        OrientationTags tags = new OrientationTags();
        new PngText(new Bytes(MemorySegment.ofArray(chunk)), tags).read("zTXt", 0, chunk.length);
        return tags.orientation();
    }

    private PngText text(byte[]... chunks) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            file.write(chunk);
        }
        file.write(new byte[4]);
        return new PngText(new Bytes(MemorySegment.ofArray(file.toByteArray())), tags);
    }

    private static byte[] compressed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ascii(XMP + "\0"));
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes)) {
            deflated.write(ascii(text));
        }
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
