package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForecastTests {

    private static final double MS = 1e6;

    @Test
    void aNewcomerIsLateByTheBacklogAndTheMargin() {
        Forecast forecast = new Forecast(80 * MS, 10 * MS);
        assertThat(forecast.excess(99 * MS, 0)).isEqualTo(1 * MS);
        assertThat(forecast.excess(101 * MS, 0)).isNegative();
        assertThat(forecast.excess(100 * MS, 2)).isEqualTo(25 * MS);
    }

    @Test
    void anIdleEngineKeepsNobodyAway() {
        assertThat(Forecast.IDLE.excess(0, 7)).isZero();
    }
}
