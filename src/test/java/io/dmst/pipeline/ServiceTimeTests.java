package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ServiceTimeTests {

    private static final int JOBS = 200;

    private final ServiceTime time = new ServiceTime();

    @Test
    void nothingIsKnownBeforeTheFirstJobWhichIsBelievedAtOnce() {
        assertThat(time.mean()).isZero();
        time.done(1_000, 5_000);
        assertThat(time.mean()).isEqualTo(4_000);
    }

    @Test
    void ofABusyWorkerWhatComesBetweenTwoJobsCountsToo() {
        for (int i = 1; i <= JOBS; i++) {
            // all came long ago; each takes 3 and is followed by 2 in which others had the
            // processor
            time.done(-1_000_000, 5L * i);
        }
        double first = 1_000_005 * Math.pow(0.95, JOBS - 1);
        assertThat(time.mean()).isCloseTo(5 + first, within(0.5));
    }

    @Test
    void ofAnIdleWorkerTheTimeSinceTheFormerJobDoesNotCount() {
        for (int i = 1; i <= JOBS; i++) {
            time.done(1_000L * i - 3, 1_000L * i);
        }
        assertThat(time.mean()).isEqualTo(3);
    }

    @Test
    void eachWorkerHasItsOwnFormerJob() throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int i = 1; i <= JOBS; i++) {
                long ended = 10L * i;
                // two workers whose jobs end by turns, each takes 10, 5 after the other's
                one.submit(() -> time.done(ended - 10, ended)).get();
                other.submit(() -> time.done(ended - 5, ended + 5)).get();
            }
        }
        assertThat(time.mean()).isCloseTo(10, within(1e-9));
    }
}
