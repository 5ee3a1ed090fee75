package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTests {

    private static final int COUNT = 200_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 25, 1234.5, 2e6})
    void gapsAreExponentialWithTheRightMean(double rate) {
        Arrivals arrivals = new Arrivals(rate, 11);
        double mean = 1e9 / rate;
        long last = 0;
        double squares = 0;
        int overMean = 0;
        for (int i = 0; i < COUNT; i++) {
            long next = arrivals.next();
            double gap = next - last;
            assertThat(next).isGreaterThanOrEqualTo(last);
            squares += gap * gap;
            overMean += gap > mean ? 1 : 0;
            last = next;
        }
        assertThat(last / mean).isCloseTo(COUNT, within(0.01 * COUNT));
        assertThat((double) overMean / COUNT).isCloseTo(Math.exp(-1), within(0.005));
        assertThat(squares / COUNT / (mean * mean)).isCloseTo(2, within(0.05));
    }

    @Test
    void theSameSeedGivesTheSameArrivals() {
        Arrivals one = new Arrivals(10, 5);
        Arrivals same = new Arrivals(10, 5);
        Arrivals other = new Arrivals(10, 6);
        long first = one.next();

        assertThat(same.next()).isEqualTo(first);
        assertThat(other.next()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateThatIsNoneIsRefused(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Arrivals(rate, 1))
                .withMessageContaining("positive");
    }
}
