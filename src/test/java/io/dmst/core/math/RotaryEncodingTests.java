package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RotaryEncodingTests {

    private static final int d = 8;

    private final RotaryEncoding grid = RotaryEncoding.of(3, 5, d);
    private final Samples samples = new Samples(1);

    @Test
    void firstHalfTurnsWithTheRowAndLastHalfWithTheColumn() {
        int token = 2 * 5 + 3;

        for (int channel = 0; channel < d; channel++) {
            double position = channel < 4 ? 2 : 3;
            double frequency = channel % 4 < 2 ? 1 : 0.1;
            assertThat(grid.angle(token, channel)).isCloseTo(position * frequency, within(1e-15));
        }
    }

    @Test
    void neighbouringChannelsTurnAsOnePlane() {
        Matrix unit = Matrix.generate(15, d, (j, i) -> i % 2 == 0 ? 1 : 0);
        Matrix turned = grid.turn(unit);

        for (int j = 0; j < 15; j++) {
            for (int i = 0; i < d; i += 2) {
                assertThat(turned.at(j, i)).isEqualTo(Math.cos(grid.angle(j, i)));
                assertThat(turned.at(j, i + 1)).isEqualTo(Math.sin(grid.angle(j, i)));
            }
        }
    }

    @Test
    void turningBackUndoesTurning() {
        Matrix X = samples.normal(15, d, 1);

        Samples.assertClose("tokens", grid.turnBack(grid.turn(X)), X, 1e-15);
    }

    @Test
    void turningBackIsTheAdjointOfTurning() {
        Matrix X = samples.normal(15, d, 1);
        Matrix Y = samples.normal(15, d, 1);

        assertThat(Samples.inner(grid.turn(X), Y))
                .isCloseTo(Samples.inner(X, grid.turnBack(Y)), within(1e-13));
    }

    @Test
    void innerProductsDependOnDifferencesOfPositions() {
        Matrix token = samples.normal(1, d, 1);
        Matrix X = grid.turn(Matrix.filled(15, 1, 1).times(token));
        Matrix products = X.timesTranspose(X);

        // one row down and two columns right, from wherever
        double expected = products.at(0, 7);
        assertThat(products.at(2, 9)).isCloseTo(expected, within(1e-13));
        assertThat(products.at(5, 12)).isCloseTo(expected, within(1e-13));
    }

    @Test
    void noneTurnsNothing() {
        Matrix X = samples.normal(7, 5, 1);

        assertThat(RotaryEncoding.none().turn(X)).isSameAs(X);
        assertThat(RotaryEncoding.none().turnBack(X)).isSameAs(X);
        assertThat(RotaryEncoding.none().angle(3, 2)).isZero();
    }

    @Test
    void whatDoesNotFitTheGridIsRefused() {
        assertThatThrownBy(() -> RotaryEncoding.of(3, 5, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiples of 4");
        assertThatThrownBy(() -> grid.turn(Matrix.filled(14, d, 1)))
                .hasMessageContaining("3×5 grid with 8 channels")
                .hasMessageContaining("14×8");
    }
}
