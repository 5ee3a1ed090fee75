package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTests {

    private final Schedule schedule = new Schedule(0.4, LearningRateDecay.COSINE, 10, 110);

    @Test
    void warmsUpLinearlyAndFallsAsACosineToZero() {
        assertThat(schedule.rate(0)).isCloseTo(0.04, within(1e-12));
        assertThat(schedule.rate(9)).isCloseTo(0.4, within(1e-12));
        assertThat(schedule.rate(60)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(110)).isCloseTo(0, within(1e-12));
        for (long step = 10; step < 110; step++) {
            assertThat(schedule.rate(step + 1)).isLessThan(schedule.rate(step));
        }
    }

    @Test
    void aLineFallsByTheSameAtEachStep() {
        Schedule line = new Schedule(0.4, LearningRateDecay.LINEAR, 10, 110);
        assertThat(line.rate(9)).isCloseTo(0.4, within(1e-12));
        assertThat(line.rate(35)).isCloseTo(0.3, within(1e-12));
        assertThat(line.rate(110)).isCloseTo(0, within(1e-12));
    }
}
