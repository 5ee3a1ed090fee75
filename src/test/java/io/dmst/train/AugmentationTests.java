package io.dmst.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AugmentationTests {

    private static Picture noise(int height, int width) {
        byte[] rgb = new byte[height * width * 3];
        SplittableRandom random = new SplittableRandom(5);
        random.nextBytes(rgb);
        return new Picture(height, width, rgb);
    }

    @Test
    void aFlipTwiceIsTheImageAgain() {
        Picture picture = noise(5, 7);
        assertThat(picture.flipped().rgb()).isNotEqualTo(picture.rgb());
        assertThat(picture.flipped().flipped().rgb()).isEqualTo(picture.rgb());
        assertThat(picture.flipped().at(2, 0, 1)).isEqualTo(picture.at(2, 6, 1));
    }

    @Test
    void aShiftMovesPixelsAndReflectsTheBorder() {
        Picture picture = noise(6, 6);
        Picture moved = picture.shifted(2, -1);
        assertThat(moved.at(3, 2, 0)).isEqualTo(picture.at(1, 3, 0));
        assertThat(moved.at(0, 0, 0)).isEqualTo(picture.at(2, 1, 0));
        assertThat(moved.at(5, 5, 2)).isEqualTo(picture.at(3, 4, 2));
    }

    @ParameterizedTest
    @EnumSource(RandomOp.class)
    void anOperationAtNoStrengthHardlyChangesAndAtFullStrengthDoes(RandomOp op) {
        Picture picture = noise(16, 16);
        Picture strong = op.apply(picture, 1, new SplittableRandom(1));
        assertThat(strong.rgb()).isNotEqualTo(picture.rgb()).hasSameSizeAs(picture.rgb());
        if (op != RandomOp.AUTOCONTRAST && op != RandomOp.EQUALIZE) {
            Picture weak = op.apply(picture, 0, new SplittableRandom(1));
            assertThat(weak.rgb()).isEqualTo(picture.rgb());
        }
    }

    @Test
    void mixingKeepsTheMassOfTargetsAndFollowsTheShareOfPixels() {
        for (AugmentOptions options :
                List.of(
                        new AugmentOptions(false, 0, 0, 0, 0.8, 0, 0),
                        new AugmentOptions(false, 0, 0, 0, 0, 1.0, 0))) {
            float[] pixels = new float[2 * 8 * 8 * 3];
            Arrays.fill(pixels, pixels.length / 2, pixels.length, 255);
            Batch batch = new Batch(8, 8, pixels, new float[] {1, 0, 0, 1}, new int[] {0, 1});
            new Mixing(options).apply(batch, new SplittableRandom(3));
            double share = 0;
            for (int i = 0; i < pixels.length / 2; i++) {
                share += pixels[i] / 255 / (pixels.length / 2);
            }
            assertThat((double) batch.targets()[1]).isCloseTo(share, within(1e-4));
            assertThat(batch.targets()[0] + batch.targets()[1]).isCloseTo(1, within(1e-5f));
            assertThat(share).isBetween(1e-6, 1 - 1e-6);
        }
    }

    @Test
    void anEpochDependsOnTheSeedAndItsNumberAlone() throws InterruptedException {
        PixelSet images =
                new PixelSet(
                        8,
                        8,
                        List.of("a", "b", "c", "d"),
                        List.of(noise(8, 8).rgb(), new byte[192], noise(8, 8).rgb(), new byte[192]),
                        new int[] {0, 1, 0, 1});
        TrainOptions options =
                new TrainOptions(1, 2, 1e-3, 0, 0, 1, 0.1, 0, 0, AugmentOptions.DEFAULT, 4, 1);
        BatchLoader loader = new BatchLoader(images, 2, options);
        assertThat(first(loader, 1)).isEqualTo(first(loader, 1)).isNotEqualTo(first(loader, 2));
        try (BatchLoader.Epoch epoch = loader.epoch(1)) {
            Batch batch = epoch.next();
            assertThat(batch.targets()[batch.labels()[0]]).isCloseTo(0.95f, within(1e-6f));
        }
    }

    private static float[] first(BatchLoader loader, int epoch) throws InterruptedException {
        try (BatchLoader.Epoch batches = loader.epoch(epoch)) {
            return batches.next().pixels();
        }
    }
}
