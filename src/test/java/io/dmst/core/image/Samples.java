package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.image.Decoded.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Files under {@code src/test/resources/image}; its README says how they were made. */
final class Samples {
    static final Path ROOT = Path.of("src/test/resources/image");
    private static final String EXPECTED = ".expected.png";
    private static final Path DECODE = ROOT.resolve("decode-pillow-13.0.0");

    private Samples() {}

    static List<String> names() {
        try (Stream<Path> files = Files.list(DECODE)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(EXPECTED))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String name) {
        return read(DECODE.resolve(name));
    }

    /** Of a file that must be refused. */
    static byte[] damaged(String name) {
        return read(ROOT.resolve("damaged").resolve(name));
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RgbImage expected(String name) {
        return rgb(DECODE.resolve(name + EXPECTED));
    }

    /** A PNG file of plain RGB or grey pixels, read without the code under test. */
    static RgbImage rgb(Path png) {
        try {
            BufferedImage image = ImageIO.read(png.toFile());
            int[] samples =
                    image.getRaster()
                            .getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
            int bands = image.getRaster().getNumBands();
            byte[] rgb = new byte[image.getWidth() * image.getHeight() * 3];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) samples[bands == 1 ? i / 3 : i];
            }
            assertThat(bands).as("bands of " + png).isIn(1, 3);
            return new RgbImage(image.getHeight(), image.getWidth(), rgb);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RgbImage noise(int height, int width, int seed) {
        byte[] rgb = new byte[height * width * 3];
        int x = seed;
        for (int i = 0; i < rgb.length; i++) {
            x = x * 1664525 + 1013904223;
            rgb[i] = (byte) (x >>> 24);
        }
        return new RgbImage(height, width, rgb);
    }

    static RgbImage picture(Decoded decoded) {
        assertThat(decoded).isInstanceOf(Picture.class);
        return ((Picture) decoded).image();
    }

    static int largestDifference(RgbImage one, RgbImage other) {
        assertThat(one).hasToString(other.toString());
        int largest = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            largest = Math.max(largest, Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff)));
        }
        return largest;
    }
}
