package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MembershipTests {

    @Test
    void aTokenOfOneGroupHasNoEntropyAndOneOfAllGroupsHasTheMost() {
        Membership Pi = Membership.of(new float[] {1, 0, 0, 0, 0.25f, 0.25f, 0.25f, 0.25f}, 4);

        assertThat(Pi.entropy()).containsExactly(new double[] {0, Math.log(4)}, within(1e-15));
        assertThat(Pi.meanEntropy()).isCloseTo(Math.log(4) / 2, within(1e-15));
    }

    @Test
    void usageIsTheMassOfAGroupPerToken() {
        Membership Pi = Membership.of(new float[] {0.5f, 0.5f, 1, 0, 0.75f, 0.25f}, 2);

        assertThat(Pi.mass()).containsExactly(2.25, 0.75);
        assertThat(Pi.usage()).containsExactly(0.75, 0.25);
    }

    @Test
    void aNegativeShareIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Membership.of(new float[] {1.5f, -0.5f}, 2))
                .withMessageContaining("-0.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Membership.of(new float[] {Float.NaN, 1}, 2));
    }

    @Test
    void theRateOfAForwardPassIsThatOfItsTokensAtAMeanSquaredNormOfOne() {
        Samples samples = new Samples(3);
        for (int N : Samples.TOKENS) {
            Matrix Y = samples.normal(N, 12, 5);
            Matrix Pi = samples.membership(N, 3);
            Matrix m2 = samples.normal(3, 12, 1).map(m -> Math.max(m, 0));
            Membership membership = new Membership(Pi);
            double[] mass = membership.mass();
            Matrix sums = Pi.transposeTimes(Y.squared());
            Matrix s = Matrix.generate(3, 12, (k, i) -> sums.at(k, i) / mass[k]);
            double squaredNorm = mean(Y);

            assertThat(CodingRate.variationalOfUnitTokens(s, membership, m2, 0.01))
                    .isCloseTo(
                            CodingRate.variational(
                                    Y.scaled(1 / Math.sqrt(squaredNorm)), Pi, m2, 0.01),
                            within(1e-9));
        }
    }

    @Test
    void theRateOfAForwardPassStaysWithinTheBoundAndKnowsNoScale() {
        Samples samples = new Samples(4);
        Membership Pi = new Membership(samples.membership(13, 3));
        Matrix s = samples.normal(3, 12, 2).squared();
        Matrix ones = Matrix.filled(3, 12, 1);

        double rate = CodingRate.variationalOfUnitTokens(s, Pi, ones, 0.01);

        assertThat(rate).isBetween(0.0, CodingRate.bound(12, 0.01));
        assertThat(CodingRate.variationalOfUnitTokens(s.scaled(1e6), Pi, ones, 0.01))
                .isCloseTo(rate, within(1e-9));
        assertThat(CodingRate.variationalOfUnitTokens(Matrix.filled(3, 12, 7), Pi, ones, 0.01))
                .isCloseTo(CodingRate.bound(12, 0.01), within(1e-9));
        assertThat(CodingRate.variationalOfUnitTokens(s.scaled(0), Pi, ones, 0.01)).isZero();
    }

    @Test
    void aGroupsOwnAxesAreSpreadAndAllAxesStay() {
        assertThat(TssaSpecification.amongAllAxes(new float[] {1, 2, 3, 4}, 2, 4).toArray())
                .containsExactly(1, 2, 0, 0, 0, 0, 3, 4);
        assertThat(TssaSpecification.amongAllAxes(new float[] {1, 2, 3, 4}, 2, 2).toArray())
                .containsExactly(1, 2, 3, 4);
    }

    private static double mean(Matrix Y) {
        double sum = 0;
        for (double square : Y.squared().toArray()) {
            sum += square;
        }
        return sum / Y.rows();
    }
}
