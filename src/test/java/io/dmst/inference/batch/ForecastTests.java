package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForecastTests {

    private static final long MS = 1_000_000;

    @Test
    void aNewcomerIsLateByTheBacklogAndTheMargin() {
        Forecast forecast = new Forecast(5 * MS, 80 * MS, 10 * MS);
        assertThat(forecast.excess(5 * MS, 99.0 * MS, 0)).isEqualTo(1.0 * MS);
        assertThat(forecast.excess(5 * MS, 101.0 * MS, 0)).isNegative();
        assertThat(forecast.excess(5 * MS, 100.0 * MS, 2)).isEqualTo(25.0 * MS);
    }

    @Test
    void aForecastThatNobodyRenewsKeepsNobodyAway() {
        Forecast forecast = new Forecast(5 * MS, 80 * MS, 10 * MS);
        assertThat(forecast.backlog(45 * MS)).isEqualTo(40.0 * MS);
        assertThat(forecast.excess(45 * MS, 60.0 * MS, 0)).isNegative();
        assertThat(forecast.backlog(85 * MS)).isZero();
        assertThat(forecast.excess(85 * MS, 0.0, 1)).isZero();
        assertThat(forecast.backlog(1000 * MS)).isZero();
    }

    @Test
    void anIdleEngineKeepsNobodyAwayWhateverTheClockSays() {
        assertThat(Forecast.IDLE.excess(Long.MIN_VALUE / 2, 0.0, 7)).isZero();
        assertThat(Forecast.IDLE.backlog(Long.MAX_VALUE)).isZero();
    }
}
