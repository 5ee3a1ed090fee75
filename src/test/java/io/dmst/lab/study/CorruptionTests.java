package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorruptionTests {

    private static final int HEIGHT = 12;
    private static final int WIDTH = 20;

    private final byte[] pixels = new byte[HEIGHT * WIDTH * 3];

    CorruptionTests() {
        new Random(1).nextBytes(pixels);
    }

    private byte[] spoilt(Corruption corruption, byte[] image) {
        byte[] before = image.clone();
        byte[] after = corruption.of(image, new Corruption.Canvas(HEIGHT, WIDTH, 5));
        assertThat(image).as("the image given").isEqualTo(before);
        return after;
    }

    private static byte[] grey(int level) {
        byte[] image = new byte[HEIGHT * WIDTH * 3];
        Arrays.fill(image, (byte) level);
        return image;
    }

    @Test
    void noiseHasItsDeviationAndItsSeed() {
        byte[] found = spoilt(new Corruption.Noise(10), grey(128));
        double squares = 0;
        for (byte level : found) {
            squares += Math.pow((level & 0xff) - 128, 2);
        }
        assertThat(Math.sqrt(squares / found.length)).isCloseTo(10, within(1.0));
        assertThat(spoilt(new Corruption.Noise(10), grey(128))).isEqualTo(found);
    }

    @Test
    void blurKeepsAColourAndTheMeanAndSpreadsADotEvenly() {
        assertThat(spoilt(new Corruption.Blur(3), grey(77))).isEqualTo(grey(77));
        byte[] dot = grey(0);
        int centre = (6 * WIDTH + 10) * 3 + 1;
        dot[centre] = (byte) 255;
        byte[] found = spoilt(new Corruption.Blur(1), dot);
        // 255 / (2π σ²), to the nearest level
        assertThat(found[centre] & 0xff).isEqualTo(41);
        assertThat(found[centre - 3]).isEqualTo(found[centre + 3]);
        assertThat(found[centre - 3 * WIDTH]).isEqualTo(found[centre + 3]);
        assertThat(found[centre - 1]).as("another channel").isZero();
    }

    @Test
    void brightnessAndInversionAreOfEveryLevel() {
        assertThat(spoilt(new Corruption.Brightness(0.5), grey(101))).isEqualTo(grey(51));
        assertThat(spoilt(new Corruption.Brightness(2), grey(200))).isEqualTo(grey(255));
        byte[] negative = spoilt(new Corruption.Inverted(), pixels);
        assertThat(spoilt(new Corruption.Inverted(), negative)).isEqualTo(pixels);
        assertThat(spoilt(new Corruption.Inverted(), grey(255))).isEqualTo(grey(0));
    }

    @Test
    void blankIsOneColourAndStaticAreMany() {
        byte[] blank = spoilt(new Corruption.Blank(), pixels);
        for (int i = 3; i < blank.length; i++) {
            assertThat(blank[i]).isEqualTo(blank[i - 3]);
        }
        byte[] noise = spoilt(new Corruption.Static(), pixels);
        assertThat(noise).isNotEqualTo(pixels);
        assertThat(spoilt(Corruption.NONE, pixels)).isEqualTo(pixels);
    }
}
