package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimateTests {

    private static final int TRIALS = 2000;

    @ParameterizedTest
    @ValueSource(ints = {6, 11, 30, 101, 400})
    void theIntervalCoversTheTrueMedianInNineteenOfTwentyTrials(int samples) {
        SplittableRandom random = new SplittableRandom(samples);
        int covered = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Estimate estimate =
                    Estimate.ofMedian(
                            DoubleStream.generate(() -> Math.exp(random.nextGaussian()))
                                    .limit(samples));
            covered += estimate.low() <= 1 && 1 <= estimate.high() ? 1 : 0;
        }
        // three standard deviations of a share of 95 % in so many trials are 1.5 %
        assertThat((double) covered / TRIALS).isBetween(0.935, 0.999);
    }

    @Test
    void theIntervalOfARatioCoversTheTruthUnderNoiseThatBothShare() {
        SplittableRandom random = new SplittableRandom(3);
        int covered = 0;
        double widest = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] base = new double[60];
            double[] other = new double[60];
            for (int i = 0; i < base.length; i++) {
                double busy = random.nextInt(5) == 0 ? 7 : 1;
                base[i] = busy * Math.exp(0.05 * random.nextGaussian());
                other[i] = 1.15 * busy * Math.exp(0.05 * random.nextGaussian());
            }
            Estimate ratio = Estimate.ofRatio(other, base);
            covered += ratio.low() <= 1.15 && 1.15 <= ratio.high() ? 1 : 0;
            widest = Math.max(widest, ratio.high() - ratio.low());
        }
        assertThat((double) covered / TRIALS).isBetween(0.935, 0.999);
        assertThat(widest).isLessThan(0.15);
    }

    @Test
    void aDifferenceIsTakenWithinThePairs() {
        double[] one = {1, 100, 2};
        double[] other = {3, 101, 5};

        assertThat(Estimate.ofDifference(other, one)).isEqualTo(new Estimate(2, 1, 3, 3));
    }

    @Test
    void theMedianIsTheMiddle() {
        assertThat(Estimate.ofMedian(DoubleStream.of(3, 1, 2)).median()).isEqualTo(2);
        assertThat(Estimate.ofMedian(DoubleStream.of(4, 1, 2, 3)).median())
                .isEqualTo(2.5, within(0.0));
    }

    @Test
    void fewObservationsHaveNoIntervalButTheWholeSample() {
        assertThat(Estimate.ofMedian(DoubleStream.of(5, 1, 3))).isEqualTo(new Estimate(3, 1, 5, 3));
        assertThat(Estimate.ofMedian(DoubleStream.of(7))).isEqualTo(new Estimate(7, 7, 7, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Estimate.ofMedian(DoubleStream.empty()));
    }
}
