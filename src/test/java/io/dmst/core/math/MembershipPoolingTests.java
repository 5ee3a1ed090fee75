package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MembershipPoolingTests {

    private static final int d = 10;
    private static final int K = 3;
    private static final int CLASSES = 4;

    static IntStream tokens() {
        return IntStream.of(Samples.TOKENS);
    }

    private static Matrix weights(Linear head, int c) {
        return Matrix.generate(K, d, (k, i) -> head.weight().at(k * d + i, c));
    }

    private static double sum(Matrix A) {
        double sum = 0;
        for (double value : A.toArray()) {
            sum += value;
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void contributionsAndBiasSumToTheLogit(int N) {
        for (int seed = 0; seed < 20; seed++) {
            Samples samples = new Samples(seed);
            Matrix Pi = samples.membership(N, K);
            Matrix meanMap = samples.membership(N, K);
            Matrix x = samples.normal(N, d, 1);
            Linear head = samples.linear(K * d, CLASSES);
            for (Matrix D :
                    new Matrix[] {
                        MembershipPooling.centred(Pi, meanMap), MembershipPooling.centred(Pi), Pi
                    }) {
                MembershipPooling pooling = new MembershipPooling(D, x);
                Matrix logits = pooling.logits(head);
                for (int c = 0; c < CLASSES; c++) {
                    double split = sum(pooling.contributions(weights(head, c)));
                    assertThat(split + head.bias().at(0, c))
                            .isCloseTo(logits.at(0, c), within(1e-9));
                }
            }
        }
    }

    /** The formula once more, without a matrix. */
    @ParameterizedTest
    @MethodSource("tokens")
    void everyPartIsTheFormulaAsItStands(int N) {
        Samples samples = new Samples(N);
        Matrix Pi = samples.membership(N, K);
        Matrix M = samples.membership(N, K);
        Matrix x = samples.normal(N, d, 1);
        Matrix w = samples.normal(K, d, 1);

        Matrix parts = new MembershipPooling(MembershipPooling.centred(Pi, M), x).contributions(w);

        for (int k = 0; k < K; k++) {
            double mean = 0;
            for (int i = 0; i < N; i++) {
                mean += (Pi.at(i, k) - M.at(i, k)) / N;
            }
            for (int j = 0; j < N; j++) {
                double response = 0;
                for (int i = 0; i < d; i++) {
                    response += w.at(k, i) * x.at(j, i);
                }
                double difference = Pi.at(j, k) - M.at(j, k) - mean;
                assertThat(parts.at(j, k))
                        .isCloseTo((double) K / N * difference * response, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void membershipsOfTheMeanMapGiveTheBiasAlone(int N) {
        Samples samples = new Samples(N);
        Matrix meanMap = samples.membership(N, K);
        Matrix same = samples.normal(1, K, 1);
        Matrix shifted = Matrix.generate(N, K, (j, k) -> meanMap.at(j, k) + same.at(0, k));
        Matrix x = samples.normal(N, d, 1);
        Linear head = samples.linear(K * d, CLASSES);

        for (Matrix Pi : new Matrix[] {meanMap, shifted}) {
            Matrix D = MembershipPooling.centred(Pi, meanMap);
            Samples.assertClose(
                    "logits", new MembershipPooling(D, x).logits(head), head.bias(), 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void theOrderOfTheTokensMattersOnlyAgainstTheMeanMap(int N) {
        Samples samples = new Samples(N);
        Matrix Pi = samples.membership(N, K);
        Matrix M = samples.membership(N, K);
        Matrix x = samples.normal(N, d, 1);
        Matrix w = samples.normal(K, d, 1);
        int[] order = samples.permutation(N);

        Matrix parts = new MembershipPooling(MembershipPooling.centred(Pi, M), x).contributions(w);
        Matrix permuted =
                new MembershipPooling(
                                MembershipPooling.centred(
                                        Samples.permuted(Pi, order), Samples.permuted(M, order)),
                                Samples.permuted(x, order))
                        .contributions(w);

        Samples.assertClose("parts", permuted, Samples.permuted(parts, order), 1e-12);
        if (N > 2) {
            Matrix moved =
                    new MembershipPooling(
                                    MembershipPooling.centred(Samples.permuted(Pi, order), M),
                                    Samples.permuted(x, order))
                            .contributions(w);
            assertThat(sum(moved)).isNotCloseTo(sum(parts), within(1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void theSplitIsAConventionAndTheSumIsNot(int N) {
        Samples samples = new Samples(N);
        Matrix D = MembershipPooling.centred(samples.membership(N, K), samples.membership(N, K));
        Matrix x = samples.normal(N, d, 1);
        Matrix w = samples.normal(K, d, 1);
        Matrix v = samples.normal(1, d, 1);
        Matrix added = Matrix.generate(N, d, (j, i) -> x.at(j, i) + v.at(0, i));
        Matrix alike = Matrix.generate(K, d, (k, i) -> w.at(k, i) + v.at(0, i));

        double expected = sum(new MembershipPooling(D, x).contributions(w));

        assertThat(sum(new MembershipPooling(D, added).contributions(w)))
                .isCloseTo(expected, within(1e-9));
        assertThat(sum(new MembershipPooling(D, x).contributions(alike)))
                .isCloseTo(expected, within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void aDifferenceOfClassesIsSplitToo(int N) {
        Samples samples = new Samples(N);
        MembershipPooling pooling =
                new MembershipPooling(
                        MembershipPooling.centred(samples.membership(N, K)),
                        samples.normal(N, d, 1));
        Matrix one = samples.normal(K, d, 1);
        Matrix other = samples.normal(K, d, 1);

        Samples.assertClose(
                "parts",
                pooling.contributions(one.plus(other.scaled(-1))),
                pooling.contributions(one).plus(pooling.contributions(other).scaled(-1)),
                1e-12,
                1);
    }

    @Test
    void asManyMembershipsAsTokensAreNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new MembershipPooling(Matrix.filled(3, K, 0), Matrix.filled(4, d, 0)))
                .withMessageContaining("3")
                .withMessageContaining("4");
    }
}
