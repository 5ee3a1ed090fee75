package io.dmst.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast way is tied to the specification. */
class ExactRatesTests {

    private static final double BILLIONTH = 1e-7;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 13, 2",
        "13, 1, 2",
        "2, 3, 1",
        "5, 5, 3",
        "13, 13, 4",
        "64, 96, 4",
        "96, 64, 4",
        "207, 13, 2",
        "13, 207, 3",
        "207, 48, 8",
        "63, 65, 5"
    })
    void ratesAreThoseOfTheSpecification(int n, int d, int groups) {
        float[] tokens = gaussian(n * d, 3);
        float[] Pi = memberships(n, groups);
        for (double eps2 : new double[] {0.001, 0.01, 0.5, 30}) {
            ExactRates fast = new ExactRates(tokens, d, groups, eps2);
            Matrix Z = CodingRate.unitRows(matrix(tokens, d));

            assertThat(fast.rate())
                    .isCloseTo(CodingRate.rate(Z, eps2), withinPercentage(BILLIONTH));
            assertThat(fast.compression(Pi, groups))
                    .isCloseTo(
                            CodingRate.compression(Z, matrix(Pi, groups), eps2),
                            withinPercentage(BILLIONTH));
        }
    }

    @Test
    void tokensOfAnyScaleAndOfZerosAreTaken() {
        int d = 24;
        float[] tokens = gaussian(16 * d, 9);
        for (int i = 0; i < d; i++) {
            tokens[i] = 0;
            tokens[d + i] *= 1e-30f;
            tokens[2 * d + i] *= 1e30f;
        }
        Matrix Z = CodingRate.unitRows(matrix(tokens, d));

        assertThat(new ExactRates(tokens, d, 1, 0.01).rate())
                .isCloseTo(CodingRate.rate(Z, 0.01), withinPercentage(BILLIONTH));
    }

    @Test
    void aGroupWithoutTokensContributesNothing() {
        float[] tokens = gaussian(8 * 12, 1);
        float[] one = new float[8];
        Arrays.fill(one, 1);
        float[] two = new float[16];
        for (int j = 0; j < 8; j++) {
            two[2 * j] = 1;
        }
        ExactRates rates = new ExactRates(tokens, 12, 2, 0.01);

        assertThat(rates.compression(two, 2)).isEqualTo(rates.compression(one, 1));
    }

    @Test
    void tokensThatAreNotFiniteAreRefused() {
        float[] tokens = gaussian(8 * 12, 1);
        tokens[5] = Float.NaN;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExactRates(tokens, 12, 1, 0.01).rate())
                .withMessageContaining("finite tokens");
    }

    private static float[] gaussian(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] memberships(int n, int groups) {
        float[] values = gaussian(n * groups, 7);
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < groups; k++) {
                values[j * groups + k] = (float) Math.exp(values[j * groups + k]);
                sum += values[j * groups + k];
            }
            for (int k = 0; k < groups; k++) {
                values[j * groups + k] /= (float) sum;
            }
        }
        return values;
    }

    private static Matrix matrix(float[] values, int columns) {
        return Matrix.generate(values.length / columns, columns, (i, j) -> values[i * columns + j]);
    }
}
