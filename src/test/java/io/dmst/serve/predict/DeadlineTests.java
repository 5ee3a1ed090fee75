package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTests {

    @Test
    void remainingTimeNeverExceedsWhatWasGivenAndEndsAtZero() {
        assertThat(Deadline.after(Duration.ofSeconds(5)).remaining())
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
        assertThat(Deadline.after(Duration.ofSeconds(-5)).remaining()).isZero();
        assertThat(Deadline.after(Duration.ZERO).passed()).isTrue();
    }

    @Test
    void theLongestTimesDoNotOverflow() {
        assertThat(Deadline.none().passed()).isFalse();
        assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)).passed()).isFalse();
    }
}
