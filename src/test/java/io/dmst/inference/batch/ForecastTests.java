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
        assertThat(forecast.excess(promised - MS, 0)).isEqualTo(MS);
        assertThat(forecast.excess(promised + MS, 0)).isNegative();
        assertThat(forecast.excess(promised, 2)).isEqualTo(Deadline.MARGIN * 20 * MS);
    }

    @Test
    void anIdleEngineKeepsNobodyAway() {
        assertThat(Forecast.IDLE.excess(0, 7)).isZero();
    }
}
