package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.core.image.Resize.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeTests {
    private static final Path GOLDEN = Samples.ROOT.resolve("resize-pillow-12.0.0");

    /** A line of {@code cases.csv}: an image, a part of it, and what Pillow makes of that. */
    private record Case(RgbImage image, int height, int width, Box box, String sha256) {

        static Case of(String line) {
            String[] cells = line.split(",");
            return new Case(
                    image(cells[0], Integer.parseInt(cells[1]), Integer.parseInt(cells[2])),
                    Integer.parseInt(cells[3]),
                    Integer.parseInt(cells[4]),
                    new Box(
                            Float.parseFloat(cells[5]),
                            Float.parseFloat(cells[6]),
                            Float.parseFloat(cells[7]),
                            Float.parseFloat(cells[8])),
                    cells[9]);
        }

        private static RgbImage image(String source, int height, int width) {
            return source.equals("chelsea")
                    ? Samples.rgb(Samples.ROOT.resolve("chelsea.png"))
                    : Samples.noise(
                            height, width, Integer.parseInt(source.substring("noise-".length())));
        }
    }

    static Stream<Case> cases() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("cases.csv")).stream().skip(1).map(Case::of);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyByteIsPillows(Case wanted) throws NoSuchAlgorithmException {
        RgbImage resized =
                Resize.bicubic(wanted.image(), wanted.height(), wanted.width(), wanted.box());

        assertThat(resized)
                .hasToString("RgbImage[" + wanted.height() + " x " + wanted.width() + "]");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(resized.rgb());
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(wanted.sha256());
    }

    /**
     * Sizes on both sides of a strip's rows and of the columns that are copied at a time, odd and
     * even, against sums taken one pixel after the other.
     */
    @Test
    void everyByteIsThatOfPlainSums() {
        Random random = new Random(7);
        int[] sides = {1, 2, 3, 127, 128, 129, 255, 256, 257, 300};
        for (int i = 0; i < 200; i++) {
            int height = sides[random.nextInt(sides.length)];
            int width = sides[random.nextInt(sides.length)];
            RgbImage image = Samples.noise(height, width, i);
            float left = random.nextInt(width);
            float top = random.nextFloat() * height;
            Box box =
                    i % 3 == 0
                            ? Box.whole(image)
                            : new Box(
                                    left,
                                    top,
                                    left + (width - left) * (1 - random.nextFloat() / 2),
                                    height);
            int high = 1 + random.nextInt(40);
            int wide = 1 + random.nextInt(40);

            assertThat(Resize.bicubic(image, high, wide, box).rgb())
                    .as("%s to %d x %d, %s", image, high, wide, box)
                    .isEqualTo(plain(image, high, wide, box));
        }
    }

    /** Row by row, then column by column, in 64 bits. */
    private static byte[] plain(RgbImage image, int height, int width, Box box) {
        Weights columns = Weights.of(image.width(), box.left(), box.right(), width);
        Weights rows = Weights.of(image.height(), box.top(), box.bottom(), height);
        int[][] narrow = new int[image.height()][width * 3];
        for (int y = 0; y < image.height(); y++) {
            for (int i = 0; i < width * 3; i++) {
                long sum = Weights.HALF;
                for (int x = 0; x < image.width(); x++) {
                    int sample = image.rgb()[(y * image.width() + x) * 3 + i % 3] & 0xff;
                    sum += (long) sample * columns.at(i / 3, x);
                }
                narrow[y][i] = Weights.sample(Math.toIntExact(sum));
            }
        }
        byte[] result = new byte[height * width * 3];
        for (int i = 0; i < result.length; i++) {
            long sum = Weights.HALF;
            for (int y = 0; y < image.height(); y++) {
                sum += (long) narrow[y][i % (width * 3)] * rows.at(i / (width * 3), y);
            }
            result[i] = (byte) Weights.sample(Math.toIntExact(sum));
        }
        return result;
    }

    @Test
    void thePhotographShrinksAsInPillow() {
        RgbImage chelsea = Samples.rgb(Samples.ROOT.resolve("chelsea.png"));

        assertThat(Resize.bicubic(chelsea, 32, 48).rgb())
                .isEqualTo(Samples.rgb(GOLDEN.resolve("chelsea-32x48.png")).rgb());
    }

    @Test
    void aPictureOfTheRightSizeIsTheSameObject() {
        RgbImage image = Samples.noise(5, 9, 1);

        assertThat(Resize.bicubic(image, 5, 9)).isSameAs(image);
    }

    @Test
    void aBoxOutsideThePictureIsRefused() {
        RgbImage image = Samples.noise(5, 9, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Resize.bicubic(image, 2, 2, new Box(0, 0, 9.5f, 5)))
                .withMessageContaining("box inside RgbImage[5 x 9]");
        assertThatIllegalArgumentException().isThrownBy(() -> new Box(3, 0, 3, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new Box(-1, 0, 3, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> Resize.bicubic(image, 0, 2));
    }

    @Test
    void theGoldensCoverShrinkingAndEnlarging() throws IOException {
        try (Stream<String> lines = Files.lines(GOLDEN.resolve("cases.csv"))) {
            assertThat(lines.skip(1).count()).isGreaterThan(90);
        }
    }
}
