package io.dmst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.image.Resize.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class ResizeTests {
    private static final Path GOLDEN = Samples.ROOT.resolve("resize-pillow-12.0.0");

    @ParameterizedTest
    @CsvFileSource(
            files = "src/test/resources/image/resize-pillow-12.0.0/cases.csv",
            numLinesToSkip = 1)
    void everyByteIsPillows(
            String source,
            int height,
            int width,
            int outHeight,
            int outWidth,
            float left,
            float top,
            float right,
            float bottom,
            String sha256)
            throws NoSuchAlgorithmException {
        RgbImage image =
                source.equals("chelsea")
                        ? Samples.rgb(Samples.ROOT.resolve("chelsea.png"))
                        : Samples.noise(
                                height,
                                width,
                                Integer.parseInt(source.substring("noise-".length())));

        RgbImage resized =
                Resize.bicubic(image, outHeight, outWidth, new Box(left, top, right, bottom));

        assertThat(resized).hasToString("RgbImage[" + outHeight + " x " + outWidth + "]");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(resized.rgb());
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
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
