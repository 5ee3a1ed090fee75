package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DmsaSpecificationTests {

    private static final int d = 12;
    private static final int K = 3;
    private static final int P = d / K;

    /** A number of tokens, a sparsifier by name. */
    record Case(int N, String sparsifier) {
        Samples samples() {
            return new Samples(N);
        }

        Selection selection(Samples samples) {
            Matrix theta = samples.normal(1, K, 0.5).map(value -> value - 1.5);
            return switch (sparsifier) {
                case "none" -> Selection.whole(K, d);
                case "moment" -> new Selection.Moment(theta);
                default -> new Selection.Mask(samples.normal(K, d, 1), theta);
            };
        }
    }

    static Stream<Case> cases() {
        return IntStream.of(Samples.TOKENS)
                .boxed()
                .flatMap(N ->
                        Stream.of("none", "moment", "mask")
                                .map(sparsifier -> new Case(N, sparsifier)));
    }

    static DmsaSpecification operator(Samples samples, Selection selection) {
        return new DmsaSpecification(
                samples.linear(d, d), samples.linear(d, K), samples.linear(d, d), selection);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void membershipDoesNotDependOnTheFullSpace(Case c) {
        Samples samples = c.samples();
        Matrix X = samples.normal(c.N, d, 1);
        DmsaSpecification one = operator(samples, c.selection(samples));
        DmsaSpecification other =
                new DmsaSpecification(samples.linear(d, d), one.Pi(), one.O(), one.selection());

        assertThat(other.forward(X).membership().toArray())
                .containsExactly(one.forward(X).membership().toArray());
        assertThat(other.forward(X).output().toArray())
                .isNotEqualTo(one.forward(X).output().toArray());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tiedOutputIsTheScaledGradientOfTheVariationalRate(Case c) {
        Samples samples = c.samples();
        Matrix X = samples.normal(c.N, d, 1);
        DmsaSpecification tied = tied(samples, c.selection(samples));
        GroupAttention attention = tied.forward(X);

        samples.assertGradient(
                "X, up to the guard of N_k",
                at -> rate(tied, attention, at),
                X,
                unguarded(tied, attention, X).scaled(-1.0 / c.N));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void smallStepOfTiedLayerLowersTheVariationalRate(Case c) {
        Samples samples = c.samples();
        Matrix X = samples.normal(c.N, d, 1);
        DmsaSpecification tied = tied(samples, c.selection(samples));
        GroupAttention attention = tied.forward(X);
        double before = rate(tied, attention, X);
        double slope = Samples.inner(attention.output(), attention.output()) / c.N;

        for (double step : new double[] {1e-6, 1e-3, 0.05}) {
            double after = rate(tied, attention, X.plus(attention.output().scaled(step)));
            assertThat(after).isLessThan(before);
            if (step <= 1e-3) {
                assertThat((before - after) / step).isCloseTo(slope, within(0.05 * slope));
            }
        }
    }

    /** R_c^var at ε² = d of projected tokens, with membership and selection held fixed. */
    private static double rate(DmsaSpecification tied, GroupAttention fixed, Matrix X) {
        return CodingRate.variational(tied.S().apply(X), fixed.membership(), fixed.selection(), d);
    }

    /** The output with second moments of exact means. */
    private static Matrix unguarded(DmsaSpecification tied, GroupAttention attention, Matrix X) {
        Matrix mass = attention.membership().columnSums();
        Matrix s =
                Matrix.generate(
                        K,
                        d,
                        (k, i) -> attention.secondMoments().at(k, i) * (1 + 1e-8 / mass.at(0, k)));
        Matrix Y = tied.S().apply(X);
        Matrix gated =
                new DmsaSpecification.Gate(Y, attention.membership(), s, attention.selection())
                        .gated();
        Samples.assertClose("output", attention.output(), tied.O().apply(gated.scaled(-1)), 1e-5);
        return tied.O().apply(gated.scaled(-1));
    }

    private static DmsaSpecification tied(Samples samples, Selection selection) {
        Matrix S = samples.linear(d, d).weight();
        Matrix zero = Matrix.filled(1, d, 0);
        return new DmsaSpecification(
                new Linear(S, zero),
                samples.linear(d, K),
                new Linear(S.transpose(), zero),
                selection);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void orderOfTokensIsKept(Case c) {
        Samples samples = c.samples();
        Matrix X = samples.normal(c.N, d, 1);
        DmsaSpecification operator = operator(samples, c.selection(samples));
        int[] order = samples.permutation(c.N);
        GroupAttention moved = operator.forward(Samples.permuted(X, order));
        GroupAttention alone = operator.forward(X);

        Samples.assertClose(
                "output", moved.output(), Samples.permuted(alone.output(), order), 1e-13);
        Samples.assertClose("second moments", moved.secondMoments(), alone.secondMoments(), 1e-13);
        Samples.assertClose("selection", moved.selection(), alone.selection(), 1e-13);
    }

    @Test
    void rotationOfTheMembershipChangesNothingElseThanThroughIt() {
        Samples samples = new Samples(8);
        Matrix X = samples.normal(12, d, 1);
        RotaryEncoding grid = RotaryEncoding.of(3, 4, d);
        DmsaSpecification plain = operator(samples, Selection.whole(K, d));
        DmsaSpecification turned =
                new DmsaSpecification(
                        plain.S(),
                        plain.Pi(),
                        plain.O(),
                        plain.selection(),
                        grid,
                        RotaryEncoding.none());
        Matrix Pi = Softmax.rows(plain.Pi().apply(grid.turn(X)));
        DmsaSpecification.Gate gate =
                DmsaSpecification.Gate.of(plain.S().apply(X), Pi, plain.selection());

        assertThat(turned.forward(X).membership().toArray()).containsExactly(Pi.toArray());
        assertThat(turned.forward(X).output().toArray())
                .containsExactly(plain.O().apply(gate.gated().scaled(-1)).toArray());
    }

    @Test
    void rotationOfTheProjectionIsUndoneAfterTheGate() {
        Samples samples = new Samples(9);
        Matrix X = samples.normal(12, d, 1);
        RotaryEncoding grid = RotaryEncoding.of(3, 4, d);
        DmsaSpecification plain = operator(samples, Selection.whole(K, d));
        DmsaSpecification turned =
                new DmsaSpecification(
                        plain.S(),
                        plain.Pi(),
                        plain.O(),
                        plain.selection(),
                        RotaryEncoding.none(),
                        grid);
        Matrix Y = grid.turn(plain.S().apply(X));
        Matrix Pi = plain.forward(X).membership();
        DmsaSpecification.Gate gate = DmsaSpecification.Gate.of(Y, Pi, plain.selection());

        GroupAttention actual = turned.forward(X);
        assertThat(actual.membership().toArray()).containsExactly(Pi.toArray());
        assertThat(actual.secondMoments().toArray()).containsExactly(gate.s().toArray());
        Samples.assertClose(
                "output",
                actual.output(),
                plain.O().apply(grid.turnBack(gate.gated().scaled(-1))),
                1e-14);
        assertThat(actual.output().toArray()).isNotEqualTo(plain.forward(X).output().toArray());
    }

    @Test
    void momentSelectionDropsWeakAxesExactlyAndKeepsItsScale() {
        Matrix s = Matrix.generate(2, 10, (k, i) -> (i < 2 ? 1e-3 : 1) * (k + 1));
        Matrix m2 = new Selection.Moment(Matrix.filled(1, 2, -2.25)).of(s);

        for (int k = 0; k < 2; k++) {
            assertThat(m2.at(k, 0)).isZero();
            assertThat(m2.at(k, 9)).isBetween(0.85, 1.0);
            // selection is relative to the group: its overall scale does not matter
            assertThat(m2.at(k, 9)).isCloseTo(m2.at(0, 9), within(1e-7));
        }
    }

    @Test
    void maskSelectionThresholdsBothSigns() {
        Matrix theta = Matrix.of(1, 1, Math.log(Math.expm1(0.25)));
        Selection mask = new Selection.Mask(Matrix.of(1, 4, 1, -1, 0.2, -0.2), theta);

        Samples.assertClose(
                "m²",
                mask.of(Matrix.filled(1, 4, 1)),
                Matrix.of(1, 4, 0.5625, 0.5625, 0, 0),
                1e-15);
    }

    @Test
    void thresholdsMustFitTheGroups() {
        assertThatThrownBy(() -> new Selection.Mask(Matrix.filled(3, P, 1), Matrix.filled(1, 2, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 groups");
        assertThatThrownBy(() ->
                        new Selection.Moment(Matrix.filled(1, 2, 0)).of(Matrix.filled(3, d, 1)))
                .hasMessageContaining("3 groups");
    }
}
