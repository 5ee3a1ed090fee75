package io.dmst.lab.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.lab.train.augment.AugmentOptions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixingTests {

    private static AugmentOptions options(double mixup, double cutmix) {
        return new AugmentOptions(false, 0, 1, 0, 0, 0, mixup, cutmix, 0);
    }

    /** Every row holds its own number; every image is of its own class and has its own weight. */
    private static Batch features(int size) {
        float[] first = new float[size * 6];
        float[] second = new float[size * 2];
        float[] targets = new float[size * size];
        float[] weights = new float[size];
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            Arrays.fill(first, i * 6, i * 6 + 6, i);
            Arrays.fill(second, i * 2, i * 2 + 2, 10 * i);
            targets[i * size + i] = 1;
            weights[i] = 1 + i;
            labels[i] = i;
        }
        return new Batch(
                List.of(
                        new Batch.Input(first, new int[] {2, 3}),
                        new Batch.Input(second, new int[] {2})),
                targets,
                labels,
                weights);
    }

    @Test
    void mixupDrawsAShareForEveryRowAndKeepsItTheLarger() {
        int n = 9;
        Batch batch = features(n);
        new Mixing(options(0.4, 0)).apply(batch, new SplittableRandom(3));
        float[] shares = new float[n];
        for (int i = 0; i < n; i++) {
            int other = n - 1 - i;
            float share = batch.targets()[i * n + i];
            float rest = other == i ? 0 : batch.targets()[i * n + other];
            shares[i] = share;
            assertThat(share).isBetween(0.5f, 1f);
            assertThat(share + rest).isCloseTo(1, within(1e-6f));
            float mixed = share * i + rest * other;
            assertThat(batch.inputs().getFirst().values()[i * 6 + 5])
                    .isCloseTo(mixed, within(1e-5f));
            assertThat(batch.inputs().get(1).values()[i * 2]).isCloseTo(10 * mixed, within(1e-4f));
            assertThat(batch.weights()[i]).isCloseTo(1 + mixed, within(1e-5f));
            assertThat(batch.labels()[i]).isEqualTo(i);
        }
        assertThat(shares).doesNotHaveDuplicates();
        assertThat(shares[4]).as("the middle one has no other").isEqualTo(1);
    }

    @Test
    void cutmixFollowsTheShareOfPixelsAndTheLargerShareNamesTheImage() {
        for (int seed = 0; seed < 20; seed++) {
            float[] pixels = new float[2 * 8 * 8 * 3];
            Arrays.fill(pixels, pixels.length / 2, pixels.length, 1);
            Batch batch =
                    new Batch(
                            List.of(new Batch.Input(pixels, new int[] {8, 8, 3})),
                            new float[] {1, 0, 0, 1},
                            new int[] {0, 1},
                            new float[] {1, 3});
            new Mixing(options(0, 1)).apply(batch, new SplittableRandom(seed));
            double share = 0;
            for (int i = 0; i < pixels.length / 2; i++) {
                share += pixels[i] / (pixels.length / 2);
            }
            assertThat((double) batch.targets()[1]).isCloseTo(share, within(1e-5));
            assertThat((double) batch.weights()[0]).isCloseTo(1 + 2 * share, within(1e-5));
            assertThat(batch.labels()).containsExactly(share > 0.5 ? 1 : 0, share > 0.5 ? 0 : 1);
        }
    }

    @Test
    void featuresHaveNoRectanglesToExchange() {
        assertThatThrownBy(
                        () -> new Mixing(options(0, 1)).apply(features(4), new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use mixup");
    }

    @Test
    void nothingChangesWithoutMixing() {
        Batch batch = features(4);
        new Mixing(AugmentOptions.NONE).apply(batch, new SplittableRandom(1));
        assertThat(batch.targets()).isEqualTo(features(4).targets());
        assertThat(batch.inputs().getFirst().values())
                .isEqualTo(features(4).inputs().getFirst().values());
    }

    @Test
    void samplesOfBetaHaveItsMeanAndVariance() {
        for (double a : new double[] {0.2, 1, 3}) {
            SplittableRandom random = new SplittableRandom(8);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 20_000; i++) {
                double x = Beta.sample(a, random);
                sum += x;
                squares += (x - 0.5) * (x - 0.5);
            }
            assertThat(sum / 20_000).isCloseTo(0.5, within(0.02));
            assertThat(squares / 20_000).isCloseTo(1 / (4 * (2 * a + 1)), within(0.01));
        }
    }
}
