package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedTestTests {

    @Test
    void aTTestIsThatOfTheTables() {
        PairedTest test = PairedTest.of(new double[] {1, 2, 3, 4, 5}, 0);

        // s = √2.5, s/√n = √0.5, t = 3 √2 = 4.2426; quantile of 4 degrees of freedom 2.776445
        assertThat(test.mean()).isEqualTo(3);
        assertThat(test.deviation()).isCloseTo(Math.sqrt(2.5), within(1e-12));
        assertThat(test.low()).isCloseTo(3 - 2.776445 * Math.sqrt(0.5), within(1e-6));
        assertThat(test.high()).isCloseTo(3 + 2.776445 * Math.sqrt(0.5), within(1e-6));
        // of 4 degrees of freedom P(T > t) = ½ − ½ u (1 + ½ (1 − u²)) with u = t/√(4 + t²)
        double u = Math.sqrt(18) / Math.sqrt(4 + 18.0);
        assertThat(test.t()).isCloseTo(1 - u * (1 + (1 - u * u) / 2), within(1e-9));
    }

    @Test
    void flipsOfSignsAreCounted() {
        // all of one sign: only the sample and its mirror image are as far out
        assertThat(PairedTest.of(new double[] {1, 2, 3, 4, 5}, 0).flips()).isEqualTo(2.0 / 32);
        assertThat(PairedTest.of(new double[] {.1, .2, .3, .4, .5, .6, .7, .8}, 0).flips())
                .isEqualTo(2.0 / 256);
        // sums of ±3 ±1 ±2 are ±6, ±4, ±2, ±0; 4 was observed
        assertThat(PairedTest.of(new double[] {3, -1, 2}, 0).flips()).isEqualTo(0.5);
        assertThat(PairedTest.of(new double[] {4, 0, 3}, 1).flips()).isEqualTo(0.5);
    }

    @Test
    void equalMeansAreShownToBeEqual() {
        PairedTest test = PairedTest.of(new double[] {0.1, -0.1, 0.2, 0.0}, 0);

        // t = 0.45 / (√(0.05/3) / 2) = 6.9714; of 3 degrees of freedom
        // P(T > t) = ½ − (θ + sin θ cos θ)/π with θ = atan(t/√3)
        double theta = Math.atan(0.45 / (Math.sqrt(0.05 / 3) / 2) / Math.sqrt(3));
        double expected = 0.5 - (theta + Math.sin(theta) * Math.cos(theta)) / Math.PI;
        assertThat(test.equivalence(0.5)).isCloseTo(expected, within(1e-9)).isLessThan(0.01);
        assertThat(test.equivalence(0.05)).isCloseTo(0.5, within(1e-9));
        assertThat(test.equivalence(0.01)).isGreaterThan(0.5);
    }

    @Test
    void aSampleWithoutSpreadHasAnIntervalOfOnePoint() {
        PairedTest test = PairedTest.of(new double[] {2, 2, 2}, 0);

        assertThat(test.low()).isEqualTo(2);
        assertThat(test.high()).isEqualTo(2);
        assertThat(test.t()).isZero();
        assertThat(PairedTest.of(new double[] {2, 2, 2}, 2).t()).isEqualTo(1);
    }

    @Test
    void samplesOfOneAndOfTooManyAreRefused() {
        assertThatThrownBy(() -> PairedTest.of(new double[] {1}, 0))
                .hasMessage("expected 2 to 20 differences, got 1");
        assertThatThrownBy(() -> PairedTest.of(new double[21], 0))
                .hasMessage("expected 2 to 20 differences, got 21");
    }
}
