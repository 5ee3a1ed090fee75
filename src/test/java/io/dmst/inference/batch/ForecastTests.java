package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import org.junit.jupiter.api.Test;

class ForecastTests {

    private static final double MS = 1e6;

    @Test
    void aNewcomerIsLateByTheBacklogAndTheMargin() {
        Forecast forecast = new Forecast(80 * MS, 10 * MS);
        double promised = Deadline.MARGIN * 80 * MS;
        assertThat(forecast.excess(Deadline.MARGIN, promised - MS, 0, 0)).isEqualTo(MS);
        assertThat(forecast.excess(Deadline.MARGIN, promised + MS, 0, 0)).isNegative();
        assertThat(forecast.excess(Deadline.MARGIN, promised, 2, 0))
                .isEqualTo(Deadline.MARGIN * 20 * MS);
        assertThat(forecast.excess(1, 79 * MS, 0, 0)).isEqualTo(MS);
    }

    @Test
    void whatIsOnItsWayCountsOnceEvenIfNobodyWaits() {
        assertThat(new Forecast(80 * MS, 10 * MS).excess(Deadline.MARGIN, 100 * MS, 0, 7))
                .isEqualTo(130 * MS);
        assertThat(new Forecast(0, 10 * MS).excess(Deadline.MARGIN, 65 * MS, 0, 7))
                .isEqualTo(5 * MS);
    }

    @Test
    void anIdleEngineKeepsNobodyAway() {
        assertThat(new Forecast(0, 10 * MS).excess(Deadline.MARGIN, 0, 7, 0)).isZero();
    }
}
