package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngEncoderTests {
    @ParameterizedTest
    @CsvSource({"1,1", "1,13", "207,13", "64,64"})
    void whatIsWrittenIsReadBack(int height, int width) {
        RgbImage image = Samples.noise(height, width, 8);

        RgbImage read = Samples.picture(new ImageDecoder().decode(PngEncoder.encode(image)));

        assertThat(read).hasToString(image.toString());
        assertThat(read.rgb()).isEqualTo(image.rgb());
    }
}
