package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CodingRateTests {

    private static final double EPS2 = 0.01;

    /** Random tokens of unit length with an uneven membership. */
    record Case(int N, int d, int K) {
        Samples samples() {
            return new Samples(31L * (31L * N + d) + K);
        }

        Matrix tokens(Samples samples) {
            return CodingRate.unitRows(samples.normal(N, d, 1));
        }
    }

    static Stream<Case> cases() {
        return IntStream.of(Samples.TOKENS)
                .boxed()
                .flatMap(N ->
                        IntStream.of(4, 8, 33, 48)
                                .boxed()
                                .flatMap(d ->
                                        IntStream.of(1, 3, 4).mapToObj(K -> new Case(N, d, K))));
    }

    @ParameterizedTest
    @CsvSource({"1, 48, 0.01, 4.23829", "13, 48, 0.01, 4.23829", "207, 48, 0.5, 2.28736"})
    void equalTokensCostOneDirection(int N, int d, double eps2, double expected) {
        Matrix token = CodingRate.unitRows(new Samples(2).normal(1, d, 1));
        Matrix Z = Matrix.filled(N, 1, 1).times(token);

        assertThat(CodingRate.rate(Z, eps2)).isCloseTo(expected, within(5e-6));
        assertThat(CodingRate.rate(Z, eps2)).isCloseTo(0.5 * Math.log1p(d / eps2), within(1e-11));
    }

    @ParameterizedTest
    @CsvSource({"32, 73.8419", "48, 110.7629", "128, 295.3677"})
    void evenlySpreadTokensReachTheBound(int d, double expected) {
        Matrix basis = new Samples(d).rotation(d);
        for (int times : new int[] {1, 3}) {
            Matrix Z = Matrix.generate(times * d, d, (j, i) -> basis.at(j % d, i));

            assertThat(CodingRate.rate(Z, EPS2)).isCloseTo(expected, within(5e-5));
            assertThat(CodingRate.rate(Z, EPS2)).isCloseTo(CodingRate.bound(d, EPS2), within(1e-9));
        }
    }

    @Test
    void fourGroupsOnFourOrthogonalLinesAreReducedToOneLineEach() {
        Matrix basis = new Samples(3).rotation(48);
        Matrix Z = Matrix.generate(52, 48, (j, i) -> (j % 3 == 0 ? -1 : 1) * basis.at(j % 4, i));
        Matrix Pi = Matrix.generate(52, 4, (j, k) -> j % 4 == k ? 1 : 0);

        assertThat(CodingRate.rate(Z, EPS2)).isCloseTo(14.1818, within(5e-5));
        assertThat(CodingRate.compression(Z, Pi, EPS2)).isCloseTo(4.2383, within(5e-5));
        assertThat(CodingRate.reduction(Z, Pi, EPS2)).isCloseTo(9.9435, within(5e-5));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void uniformMembershipReducesNothing(Case c) {
        Matrix Z = c.tokens(c.samples());
        Matrix Pi = Matrix.filled(c.N, c.K, 1.0 / c.K);

        assertThat(CodingRate.compression(Z, Pi, EPS2))
                .isCloseTo(CodingRate.rate(Z, EPS2), relative(CodingRate.rate(Z, EPS2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void orderOfTokensDoesNotMatter(Case c) {
        Samples samples = c.samples();
        Matrix Z = c.tokens(samples);
        Matrix Pi = samples.membership(c.N, c.K);
        Matrix m2 = Matrix.generate(c.K, c.d, (k, i) -> samples.between(0, 3) / 3.0);
        int[] order = samples.permutation(c.N);
        Matrix moved = Samples.permuted(Z, order);
        Matrix movedPi = Samples.permuted(Pi, order);

        double R = CodingRate.rate(Z, EPS2);
        double Rvar = CodingRate.variational(Z, Pi, m2, EPS2);
        assertThat(CodingRate.rate(moved, EPS2)).isCloseTo(R, relative(R));
        assertThat(CodingRate.compression(moved, movedPi, EPS2))
                .isCloseTo(CodingRate.compression(Z, Pi, EPS2), relative(R));
        assertThat(CodingRate.variational(moved, movedPi, m2, EPS2))
                .isCloseTo(Rvar, relative(Rvar));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rotationOfTheSpaceDoesNotMatter(Case c) {
        Samples samples = c.samples();
        Matrix Z = c.tokens(samples);
        Matrix Pi = samples.membership(c.N, c.K);
        Matrix turned = Z.times(samples.rotation(c.d));

        double R = CodingRate.rate(Z, EPS2);
        assertThat(CodingRate.rate(turned, EPS2)).isCloseTo(R, relative(R));
        assertThat(CodingRate.compression(turned, Pi, EPS2))
                .isCloseTo(CodingRate.compression(Z, Pi, EPS2), relative(R));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scalingUpStrictlyRaisesTheRate(Case c) {
        Matrix Z = c.tokens(c.samples());
        double before = 0;
        for (double factor : new double[] {1e-3, 0.5, 1, 1.001, 10}) {
            double rate = CodingRate.rate(Z.scaled(factor), EPS2);
            assertThat(rate).isGreaterThan(before);
            before = rate;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientIsTheOneOfTheFormulaAndOfTheRate(Case c) {
        Samples samples = c.samples();
        Matrix Z = c.tokens(samples);
        double a = c.d / (c.N * EPS2);
        Matrix gradient = CodingRate.gradient(Z, EPS2);

        // columns as tokens: (I + a Z Zᵀ) ∇ = a Z
        Matrix applied = gradient.plus(gradient.times(Z.transposeTimes(Z)).scaled(a));
        Samples.assertClose("(I + a Z Zᵀ) ∇", applied, Z.scaled(a), 1e-11);
        samples.assertGradient("Z", at -> CodingRate.rate(at, 0.5), Z, CodingRate.gradient(Z, 0.5));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compressionIsAtMostTheRateAndAtMostItsVariationalForm(Case c) {
        Samples samples = c.samples();
        Matrix Z = c.tokens(samples);
        Matrix Pi = samples.membership(c.N, c.K);
        double R = CodingRate.rate(Z, EPS2);
        double Rc = CodingRate.compression(Z, Pi, EPS2);

        assertThat(CodingRate.variational(Z, Pi, whole(c), EPS2))
                .isGreaterThanOrEqualTo(Rc * (1 - 1e-12));
        assertThat(Rc).isLessThanOrEqualTo(R * (1 + 1e-12)).isPositive();
        assertThat(CodingRate.reduction(Z, Pi, EPS2)).isEqualTo(R - Rc);
        assertThat(R).isLessThanOrEqualTo(CodingRate.bound(c.d, EPS2) * (1 + 1e-12));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void variationalFormEqualsTheCompressionOfUncorrelatedAxes(Case c) {
        Samples samples = c.samples();
        int[] axes = IntStream.range(0, c.N).map(j -> samples.between(0, c.d - 1)).toArray();
        Matrix lengths = samples.normal(c.N, 1, 1);
        Matrix Z = Matrix.generate(c.N, c.d, (j, i) -> axes[j] == i ? lengths.at(j, 0) : 0);
        Matrix Pi = samples.membership(c.N, c.K);
        double Rc = CodingRate.compression(Z, Pi, EPS2);

        assertThat(CodingRate.variational(Z, Pi, whole(c), EPS2)).isCloseTo(Rc, relative(Rc));
    }

    @Test
    void signsThatCancelInsideEveryGroupLeaveAxesUncorrelated() {
        // Sylvester's ±1 matrix of 8 tokens, once per group, scaled differently
        Matrix Z =
                Matrix.generate(
                        16,
                        8,
                        (j, i) -> (Integer.bitCount(j % 8 & i) % 2 == 0 ? 1 : -1) * (1 + j / 8));
        Matrix Pi = Matrix.generate(16, 2, (j, k) -> j / 8 == k ? 1 : 0);
        double Rc = CodingRate.compression(Z, Pi, EPS2);

        assertThat(CodingRate.variational(Z, Pi, Matrix.filled(2, 8, 1), EPS2))
                .isCloseTo(Rc, relative(Rc));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void groupWithoutTokensContributesNothing(Case c) {
        Samples samples = c.samples();
        Matrix Z = c.tokens(samples);
        Matrix Pi = samples.membership(c.N, c.K);
        Matrix more = Matrix.generate(c.N, c.K + 1, (j, k) -> k < c.K ? Pi.at(j, k) : 0);

        assertThat(CodingRate.compression(Z, more, EPS2))
                .isEqualTo(CodingRate.compression(Z, Pi, EPS2));
        assertThat(CodingRate.variational(Z, more, Matrix.filled(c.K + 1, c.d, 1), EPS2))
                .isEqualTo(CodingRate.variational(Z, Pi, whole(c), EPS2));
    }

    @Test
    void axesThatAreNotSelectedCostNothing() {
        Samples samples = new Samples(5);
        Matrix Y = samples.normal(13, 8, 1);
        Matrix Pi = samples.membership(13, 2);
        Matrix half = Matrix.generate(2, 8, (k, i) -> i < 4 ? 1 : 0);
        Matrix narrow = Y.columns(0, 4);

        assertThat(CodingRate.variational(Y, Pi, Matrix.filled(2, 8, 0), EPS2)).isZero();
        // d counts all axes of the full space: halving it is the same as doubling eps2
        assertThat(CodingRate.variational(Y, Pi, half, EPS2))
                .isCloseTo(
                        CodingRate.variational(narrow, Pi, Matrix.filled(2, 4, 1), EPS2 / 2),
                        within(1e-12));
    }

    @Test
    void unitRowsHaveLengthOneWhateverTheirSize() {
        Matrix Z = Matrix.of(4, 2, 3, 4, 3e-200, 4e-200, -3e200, 4e200, 0, 0);

        Samples.assertClose(
                "unit rows",
                CodingRate.unitRows(Z),
                Matrix.of(4, 2, 0.6, 0.8, 0.6, 0.8, -0.6, 0.8, 0, 0),
                1e-15);
    }

    @Test
    void whatIsNotARateIsRefused() {
        Matrix Z = Matrix.filled(3, 4, 1);

        assertThatThrownBy(() -> CodingRate.rate(Z, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a positive eps2, got 0.0");
        assertThatThrownBy(() -> CodingRate.bound(4, Double.NaN)).hasMessageContaining("eps2");
        assertThatThrownBy(() -> CodingRate.compression(Z, Matrix.filled(2, 2, 0.5), EPS2))
                .hasMessageContaining("every token of a 3×4 matrix");
        assertThatThrownBy(() -> CodingRate.compression(Z, Matrix.filled(3, 1, -1), EPS2))
                .hasMessageContaining("at least 0");
        assertThatThrownBy(() ->
                        CodingRate.variational(
                                Z, Matrix.filled(3, 2, 0.5), Matrix.filled(3, 4, 1), EPS2))
                .hasMessageContaining("every group");
    }

    private static Matrix whole(Case c) {
        return Matrix.filled(c.K, c.d, 1);
    }

    private static Offset<Double> relative(double value) {
        return within(1e-11 * Math.abs(value));
    }
}
