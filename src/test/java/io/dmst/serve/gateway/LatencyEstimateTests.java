package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyEstimateTests {

    private static final long MS = 1_000_000;

    private final LatencyEstimate pace = new LatencyEstimate();

    @Test
    void aNodeThatNeverAnsweredIsNotMeasured() {
        assertThat(pace.tooSlow(60_000 * MS)).isFalse();
    }

    @Test
    void aDeadlineOfLittlePatienceIsNotHeldAgainstANode() {
        pace.answered(20 * MS);
        assertThat(pace.tooSlow(300 * MS)).as("under a second").isFalse();
        assertThat(pace.tooSlow(1_000 * MS)).isTrue();
    }

    @Test
    void usualIsWhatLatelyWas() {
        for (int i = 0; i < 200; i++) {
            pace.answered(500 * MS);
        }
        assertThat(pace.tooSlow(4_000 * MS)).isFalse();
        assertThat(pace.tooSlow(6_000 * MS)).isTrue();
        for (int i = 0; i < 200; i++) {
            pace.answered(50 * MS);
        }
        assertThat(pace.tooSlow(4_000 * MS)).isTrue();
    }
}
