package io.dmst.lab.train.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.Resize;
import io.dmst.core.image.RgbImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AugmentationTests {

    private static AugmentedImage noise(int height, int width) {
        byte[] rgb = new byte[height * width * 3];
        SplittableRandom random = new SplittableRandom(5);
        random.nextBytes(rgb);
        return new AugmentedImage(height, width, rgb);
    }

    @Test
    void aFlipTwiceIsTheImageAgain() {
        AugmentedImage picture = noise(5, 7);
        assertThat(picture.flipped().rgb()).isNotEqualTo(picture.rgb());
        assertThat(picture.flipped().flipped().rgb()).isEqualTo(picture.rgb());
        assertThat(picture.flipped().at(2, 0, 1)).isEqualTo(picture.at(2, 6, 1));
    }

    @Test
    void aShiftMovesPixelsAndReflectsTheBorder() {
        AugmentedImage picture = noise(6, 6);
        AugmentedImage moved = picture.shifted(2, -1);
        assertThat(moved.at(3, 2, 0)).isEqualTo(picture.at(1, 3, 0));
        assertThat(moved.at(0, 0, 0)).isEqualTo(picture.at(2, 1, 0));
        assertThat(moved.at(5, 5, 2)).isEqualTo(picture.at(3, 4, 2));
    }

    @ParameterizedTest
    @EnumSource(RandomOp.class)
    void anOperationAtNoStrengthHardlyChangesAndAtFullStrengthDoes(RandomOp op) {
        AugmentedImage picture = noise(16, 16);
        AugmentedImage strong = op.apply(picture, 1, new SplittableRandom(1));
        assertThat(strong.rgb()).isNotEqualTo(picture.rgb()).hasSameSizeAs(picture.rgb());
        if (op != RandomOp.AUTOCONTRAST && op != RandomOp.EQUALIZE) {
            AugmentedImage weak = op.apply(picture, 0, new SplittableRandom(1));
            assertThat(weak.rgb()).isEqualTo(picture.rgb());
        }
    }

    @Test
    void brightnessChangesAllValuesInOneDirection() {
        AugmentedImage picture = noise(16, 16);
        for (int seed = 0; seed < 10; seed++) {
            byte[] changed =
                    RandomOp.BRIGHTNESS.apply(picture, 0.5, new SplittableRandom(seed)).rgb();
            int brighter = 0;
            int darker = 0;
            for (int i = 0; i < changed.length; i++) {
                int change = (changed[i] & 0xff) - (picture.rgb()[i] & 0xff);
                brighter += change > 0 ? 1 : 0;
                darker += change < 0 ? 1 : 0;
            }
            assertThat(Math.min(brighter, darker)).isZero();
            assertThat(Math.max(brighter, darker)).isPositive();
        }
    }

    @Test
    void boxesLieInsideAndKeepAreaAndAspect() {
        RandomCrop crop = new RandomCrop(new Preprocessor(64, 64, 0.9), 0.3);
        SplittableRandom random = new SplittableRandom(2);
        for (int[] size : new int[][] {{200, 300}, {300, 200}, {64, 64}, {33, 40}}) {
            int height = size[0];
            int width = size[1];
            for (int i = 0; i < 500; i++) {
                Resize.Box box = crop.box(height, width, random).orElseThrow();
                float high = box.bottom() - box.top();
                float wide = box.right() - box.left();
                assertThat(box.left()).isBetween(0f, width - wide);
                assertThat(box.top()).isBetween(0f, height - high);
                // sides are whole pixels, which moves area and aspect of a small picture
                assertThat(wide * high / (height * width)).isBetween(0.28f, 1.03f);
                assertThat(wide / high).isBetween(0.70f, 1.42f);
            }
        }
    }

    @Test
    void aPictureThatNoBoxFitsIntoIsCroppedAsServingCrops() {
        Preprocessor target = new Preprocessor(16, 16, 0.9);
        RandomCrop crop = new RandomCrop(target, 0.9);
        RgbImage narrow = image(20, 400);
        assertThat(crop.box(20, 400, new SplittableRandom(1))).isEmpty();
        assertThat(crop.apply(narrow, new SplittableRandom(1)).rgb())
                .isEqualTo(target.apply(narrow));
    }

    @Test
    void onePixelCanBeCropped() {
        RandomCrop crop = new RandomCrop(new Preprocessor(16, 16, 1), 0.2);
        assertThat(crop.apply(image(1, 1), new SplittableRandom(1)).rgb()).hasSize(16 * 16 * 3);
    }

    @Test
    void theResultHasTheNetworksSizeAndDependsOnTheGeneratorAlone() {
        AugmentOptions everything = new AugmentOptions(true, 0.1, 0.4, 0.3, 2, 5, 0, 0, 0.5);
        Augmentation augmentation = new Augmentation(everything, new Preprocessor(24, 32, 0.9));
        RgbImage picture = image(50, 70);
        byte[] first = augmentation.apply(picture, new SplittableRandom(9));
        assertThat(first)
                .hasSize(24 * 32 * 3)
                .isEqualTo(augmentation.apply(picture, new SplittableRandom(9)))
                .isNotEqualTo(augmentation.apply(picture, new SplittableRandom(10)));
    }

    @Test
    void withoutChangesAnImageIsWhatServingMakesOfIt() {
        Preprocessor preprocessor = new Preprocessor(16, 16, 0.9);
        Augmentation augmentation = new Augmentation(AugmentOptions.NONE, preprocessor);
        RgbImage picture = image(30, 40);
        assertThat(augmentation.apply(picture, new SplittableRandom(1)))
                .isEqualTo(preprocessor.apply(picture));
    }

    @Test
    void jitterStaysWithinItsStrength() {
        byte[] grey = new byte[16 * 16 * 3];
        Arrays.fill(grey, (byte) 100);
        SplittableRandom random = new SplittableRandom(4);
        Set<Integer> values = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            // contrast and saturation of a grey area change nothing
            AugmentedImage jittered =
                    ColourJitter.apply(new AugmentedImage(16, 16, grey), 0.2, random);
            assertThat(jittered.at(3, 4, 1)).isBetween(80, 120);
            values.add(jittered.at(3, 4, 1));
        }
        assertThat(values).hasSizeGreaterThan(20);
    }

    @Test
    void saturationOfNothingIsLumaAndOfOneIsThePicture() {
        AugmentedImage picture = noise(9, 7);
        assertThat(picture.saturated(1).rgb()).isEqualTo(picture.rgb());
        assertThat(picture.contrasted(1).rgb()).isEqualTo(picture.rgb());
        AugmentedImage grey = picture.saturated(0);
        for (int row = 0; row < 9; row++) {
            double luma =
                    0.299 * picture.at(row, 3, 0)
                            + 0.587 * picture.at(row, 3, 1)
                            + 0.114 * picture.at(row, 3, 2);
            for (int channel = 0; channel < 3; channel++) {
                assertThat((double) grey.at(row, 3, channel)).isCloseTo(luma, within(0.51));
            }
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new AugmentOptions(true, 0, 0, 0, 0, 0, 0, 0, 0))
                .hasMessageContaining("(0, 1], not 0.0");
        assertThatThrownBy(() -> new AugmentOptions(true, 0, 1, 1.5, 0, 0, 0, 0, 0))
                .hasMessageContaining("jitter");
    }

    private static RgbImage image(int height, int width) {
        return new RgbImage(height, width, noise(height, width).rgb());
    }
}
