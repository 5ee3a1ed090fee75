package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TssaSpecificationTests {

    private static final int d = 12;
    private static final int K = 3;
    private static final int P = d / K;

    static IntStream tokens() {
        return IntStream.of(Samples.TOKENS);
    }

    private static TssaSpecification operator(Samples samples) {
        return new TssaSpecification(
                samples.linear(d, d), samples.normal(1, K, 2), samples.linear(d, d));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void isDmsaWithOneBlockOfAxesPerGroupAndItsOwnMembership(int N) {
        for (int seed = 0; seed < 20; seed++) {
            Samples samples = new Samples(seed);
            Matrix X = samples.normal(N, d, 1);
            TssaSpecification tssa = operator(samples);
            GroupAttention expected = tssa.forward(X);
            Matrix blocks = Matrix.generate(K, d, (k, i) -> i / P == k ? 1 : 0);
            // softplus(−∞) = 0: the learned mask without a threshold
            Selection mask =
                    new Selection.Mask(blocks, Matrix.filled(1, K, Double.NEGATIVE_INFINITY));
            DmsaSpecification.Gate gate =
                    DmsaSpecification.Gate.of(tssa.A().apply(X), expected.membership(), mask);
            Matrix output = tssa.O().apply(gate.gated().scaled(-1));

            assertThat(expected.selection().toArray()).containsExactly(gate.m2().toArray());
            Samples.assertClose("output", output, expected.output(), 1e-14);
            Samples.assertClose(
                    "second moments of own axes",
                    gate.s().hadamard(blocks),
                    expected.secondMoments(),
                    1e-14);
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void gradientsAreTheSlopesOfTheOutput(int N) {
        Samples samples = new Samples(N);
        Matrix X = samples.normal(N, d, 1);
        Matrix cotangent = samples.normal(N, d, 1 / Math.sqrt(N));
        TssaSpecification op = operator(samples);
        Linear A = op.A();
        TssaSpecification.Gradients g = op.gradients(X, cotangent);

        samples.assertGradient("X", at -> value(op, at, cotangent), X, g.X());
        samples.assertGradient(
                "A weight",
                at ->
                        value(
                                new TssaSpecification(new Linear(at, A.bias()), op.temp(), op.O()),
                                X,
                                cotangent),
                A.weight(),
                g.A().weight());
        samples.assertGradient(
                "A bias",
                at ->
                        value(
                                new TssaSpecification(
                                        new Linear(A.weight(), at), op.temp(), op.O()),
                                X,
                                cotangent),
                A.bias(),
                g.A().bias());
        samples.assertGradient(
                "temp",
                at -> value(new TssaSpecification(A, at, op.O()), X, cotangent),
                op.temp(),
                g.temp());
        samples.assertGradient(
                "O weight",
                at ->
                        value(
                                new TssaSpecification(A, op.temp(), new Linear(at, op.O().bias())),
                                X,
                                cotangent),
                op.O().weight(),
                g.O().weight());
    }

    private static double value(TssaSpecification op, Matrix X, Matrix cotangent) {
        return Samples.inner(op.forward(X).output(), cotangent);
    }

    @Test
    void membershipDependsOnTheProjectionUnlikeDmsa() {
        Samples samples = new Samples(4);
        Matrix X = samples.normal(13, d, 1);
        TssaSpecification one = operator(samples);
        TssaSpecification other = new TssaSpecification(samples.linear(d, d), one.temp(), one.O());

        assertThat(other.forward(X).membership().toArray())
                .isNotEqualTo(one.forward(X).membership().toArray());
    }

    @Test
    void channelOfZerosStaysFinite() {
        Samples samples = new Samples(5);
        Matrix X = samples.normal(13, d, 1);
        Matrix cotangent = samples.normal(13, d, 1);
        TssaSpecification op = operator(samples);
        Matrix weight = Matrix.generate(d, d, (i, j) -> j == 5 ? 0 : op.A().weight().at(i, j));
        TssaSpecification dead =
                new TssaSpecification(
                        new Linear(weight, Matrix.filled(1, d, 0)), op.temp(), op.O());

        assertThat(Samples.largest(dead.forward(X).output())).isFinite().isPositive();
        assertThat(Samples.largest(dead.gradients(X, cotangent).X())).isFinite().isPositive();
    }

    @Test
    void compactSecondMomentsSpreadToTheFullSpaceGiveTheSameRate() {
        Samples samples = new Samples(6);
        Matrix X = samples.normal(13, d, 1);
        TssaSpecification op = operator(samples);
        GroupAttention attention = op.forward(X);
        Matrix own = Matrix.generate(K, P, (k, i) -> attention.secondMoments().at(k, k * P + i));
        Matrix Y = op.A().apply(X);
        Matrix Pi = attention.membership();

        assertThat(
                        CodingRate.variational(
                                TssaSpecification.onOwnBlocks(own),
                                Pi.columnSums().toArray(),
                                TssaSpecification.onOwnBlocks(Matrix.filled(K, P, 1)),
                                13,
                                0.01))
                .isCloseTo(
                        CodingRate.variational(Y, Pi, attention.selection(), 0.01), within(1e-7));
    }

    @Test
    void headsMustDivideTheChannels() {
        Samples samples = new Samples(7);
        Linear layer = samples.linear(d, d);

        assertThatThrownBy(() -> new TssaSpecification(layer, Matrix.filled(1, 5, 1), layer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 channels");
    }
}
