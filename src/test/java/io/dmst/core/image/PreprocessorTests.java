package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.core.image.Resize.Box;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTests {

    @Test
    void theCentreSquareIsResizedAsInPillow() {
        RgbImage chelsea = Samples.rgb(Samples.ROOT.resolve("chelsea.png"));

        assertThat(new Preprocessor(64, 64, 1).apply(chelsea))
                .isEqualTo(
                        Samples.rgb(
                                        Samples.ROOT.resolve(
                                                "resize-pillow-12.0.0/chelsea-centre-64x64.png"))
                                .rgb());
    }

    @Test
    void aPictureOfTheTargetSizePassesThroughUntouched() {
        RgbImage image = Samples.noise(32, 32, 3);

        assertThat(new Preprocessor(32, 32, 0.875).apply(image)).isSameAs(image.rgb());
    }

    @Test
    void theCropFractionKeepsTheMiddleOfTheShorterSide() {
        RgbImage image = Samples.noise(80, 100, 4);

        // 0.8 of 80 rows is 64; centred in both directions
        assertThat(new Preprocessor(16, 16, 0.8).apply(image))
                .isEqualTo(Resize.bicubic(image, 16, 16, new Box(18, 8, 82, 72)).rgb());
    }

    @Test
    void aWideTargetIsCoveredWithoutDistortion() {
        RgbImage image = Samples.noise(80, 100, 5);

        // all of the width, and half as many rows
        assertThat(new Preprocessor(10, 20, 1).apply(image))
                .isEqualTo(Resize.bicubic(image, 10, 20, new Box(0, 15, 100, 65)).rgb());
    }

    @Test
    void aViewShowsWhatTheNetworkSeesAtAnotherSize() {
        RgbImage image = Samples.noise(80, 100, 7);
        Preprocessor preprocessor = new Preprocessor(10, 20, 0.8);

        assertThat(preprocessor.view(image, 20).rgb()).isEqualTo(preprocessor.apply(image));
        assertThat(preprocessor.view(image, 40).rgb())
                .isEqualTo(Resize.bicubic(image, 20, 40, new Box(10, 20, 90, 60)).rgb());
        // one of the target size is seen whole, whatever the crop
        RgbImage fitting = Samples.noise(10, 20, 8);
        assertThat(preprocessor.view(fitting, 40).rgb())
                .isEqualTo(Resize.bicubic(fitting, 20, 40).rgb());
        assertThat(new Preprocessor(1, 100, 1).view(image, 10).height()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,100", "100,1", "31,33", "3,7000", "223,225", "32,33"})
    void everySizeYieldsExactlyTheTarget(int height, int width) {
        RgbImage image = Samples.noise(height, width, 6);

        assertThat(new Preprocessor(32, 32, 0.875).apply(image)).hasSize(32 * 32 * 3);
        assertThat(new Preprocessor(48, 16, 1).apply(image)).hasSize(48 * 16 * 3);
        assertThat(new Preprocessor(7, 13, 1 / 3.0).apply(image)).hasSize(7 * 13 * 3);
    }

    @Test
    void aFlatPictureStaysFlat() {
        byte[] grey = new byte[37 * 53 * 3];
        Arrays.fill(grey, (byte) 77);

        assertThat(new Preprocessor(32, 32, 0.9).apply(new RgbImage(37, 53, grey)))
                .containsOnly(77);
    }

    @Test
    void senselessTargetsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Preprocessor(0, 32, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Preprocessor(32, 32, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Preprocessor(32, 32, 1.01));
        assertThatIllegalArgumentException().isThrownBy(() -> new Preprocessor(32, 32, Double.NaN));
    }
}
