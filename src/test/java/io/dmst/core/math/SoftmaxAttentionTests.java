package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxAttentionTests {

    private static final int d = 12;

    static IntStream tokens() {
        return IntStream.of(1, 2, 13);
    }

    private static SoftmaxAttention operator(Samples samples) {
        return new SoftmaxAttention(3, samples.linear(d, 3 * d), samples.linear(d, d));
    }

    @Test
    void equalKeysGiveTheMeanOfTheValues() {
        Samples samples = new Samples(1);
        Matrix X = samples.normal(7, d, 1);
        Matrix random = samples.normal(d, 3 * d, 1);
        Matrix weight =
                Matrix.generate(d, 3 * d, (i, j) -> j >= d && j < 2 * d ? 0 : random.at(i, j));
        Linear qkv = new Linear(weight, samples.normal(1, 3 * d, 1));
        SoftmaxAttention op = new SoftmaxAttention(3, qkv, samples.linear(d, d));
        Matrix values = qkv.apply(X).columns(2 * d, 3 * d);
        Matrix mean = Matrix.filled(7, 7, 1.0 / 7).times(values);

        Samples.assertClose("output", op.forward(X).output(), op.O().apply(mean), 1e-13);
    }

    @Test
    void oneHeadAgreesWithItsFormula() {
        // one head of one channel and two tokens, everything written out
        Linear qkv = new Linear(Matrix.of(1, 3, 2, 1, 3), Matrix.of(1, 3, 0, 0, 1));
        Linear O = new Linear(Matrix.of(1, 1, 10), Matrix.of(1, 1, 5));
        Matrix output = new SoftmaxAttention(1, qkv, O).forward(Matrix.of(2, 1, 0, 1)).output();
        double p = Math.exp(2) / (1 + Math.exp(2));

        Samples.assertClose(
                "output",
                output,
                Matrix.of(2, 1, 10 * (1 + 4) / 2.0 + 5, 10 * ((1 - p) + 4 * p) + 5),
                1e-15);
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void orderOfTokensIsKept(int N) {
        Samples samples = new Samples(N);
        Matrix X = samples.normal(N, d, 1);
        SoftmaxAttention op = operator(samples);
        int[] order = samples.permutation(N);

        Samples.assertClose(
                "output",
                op.forward(Samples.permuted(X, order)).output(),
                Samples.permuted(op.forward(X).output(), order),
                1e-13);
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void attentionOfEveryTokenSumsToOne(int N) {
        Samples samples = new Samples(N);
        Matrix X = samples.normal(N, d, 10);

        for (Matrix P : operator(samples).forward(X).attention()) {
            Samples.assertClose(
                    "row sums", P.times(Matrix.filled(N, 1, 1)), Matrix.filled(N, 1, 1), 1e-14);
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void gradientsAreTheSlopesOfTheOutput(int N) {
        Samples samples = new Samples(N);
        Matrix X = samples.normal(N, d, 1);
        Matrix cotangent = samples.normal(N, d, 1 / Math.sqrt(N));
        SoftmaxAttention op = operator(samples);
        SoftmaxAttention.Gradients g = op.gradients(X, cotangent);

        samples.assertGradient("X", at -> value(op, at, cotangent), X, g.X());
        samples.assertGradient(
                "QKV weight",
                at -> value(with(at, op.QKV().bias(), op), X, cotangent),
                op.QKV().weight(),
                g.QKV().weight());
        samples.assertGradient(
                "QKV bias",
                at -> value(with(op.QKV().weight(), at, op), X, cotangent),
                op.QKV().bias(),
                g.QKV().bias());
        samples.assertGradient(
                "O weight",
                at ->
                        value(
                                new SoftmaxAttention(3, op.QKV(), new Linear(at, op.O().bias())),
                                X,
                                cotangent),
                op.O().weight(),
                g.O().weight());
    }

    private static SoftmaxAttention with(Matrix weight, Matrix bias, SoftmaxAttention op) {
        return new SoftmaxAttention(3, new Linear(weight, bias), op.O());
    }

    private static double value(SoftmaxAttention op, Matrix X, Matrix cotangent) {
        return Samples.inner(op.forward(X).output(), cotangent);
    }

    @Test
    void headsMustDivideTheChannels() {
        Samples samples = new Samples(3);

        assertThatThrownBy(() ->
                        new SoftmaxAttention(5, samples.linear(d, 3 * d), samples.linear(d, d)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 heads");
    }
}
