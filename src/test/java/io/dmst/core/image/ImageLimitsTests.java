package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ImageLimitsTests {
    @Test
    void theDefaultsAreThoseOfTheContract() {
        assertThat(ImageLimits.defaults())
                .isEqualTo(new ImageLimits(20 * 1024 * 1024, 25_000_000, 100));
    }

    @Test
    void limitsMustBePositiveAndAddressable() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(1, 1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageLimits(1, 1_000_000_000, 1))
                .withMessageContaining("maxPixels at most");
    }

    @Test
    void aPictureMustHaveItsBytes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RgbImage(2, 2, new byte[11]))
                .withMessageContaining("2 x 2 and 11 bytes");
    }
}
