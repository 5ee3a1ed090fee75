package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In simulated time: what an open and a closed loop see of the same server. */
class RecordingTests {

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;
    private static final Target.Answer OK = Target.Answer.of(Target.OK);

    /** Computes one request at a time in 1 ms each, and stands still from 2 s to 3 s. */
    private static final class StallingServer {

        private long free;

        long done(long sent) {
            long begun = Math.max(sent, free);
            long resumed = begun >= 2 * SECOND && begun < 3 * SECOND ? 3 * SECOND : begun;
            free = resumed + MILLISECOND;
            return free;
        }
    }

    private static Recording tenSeconds(Duration deadline) {
        return new Recording(0, Duration.ofSeconds(10), deadline);
    }

    @Test
    void anOpenLoopChargesAStallWithEveryRequestThatItKeptWaiting() {
        Recording recording = tenSeconds(Duration.ofMillis(500));
        StallingServer server = new StallingServer();
        for (long i = 0; i < 1000; i++) {
            long intended = i * 10 * MILLISECOND;
            recording.planned(intended);
            recording.answered(intended, intended, server.done(intended), OK);
        }
        LoadReport.Measured measured = recording.measured();

        // a tenth of all came in the second of the stall, and 11 more while the queue emptied:
        // the j-th of them waited 1000 − 10 j ms for its end and j ms for those before it
        assertThat(measured.latency().count()).isEqualTo(1000);
        assertThat(measured.latency().p50()).isCloseTo(1, within(0.01));
        assertThat(measured.latency().p90()).isBetween(80.0, 120.0);
        assertThat(measured.latency().p99()).isCloseTo(919, within(10.0));
        assertThat(measured.latency().max()).isCloseTo(1001, within(1.0));
        assertThat(measured.throughput()).isEqualTo(100);
        assertThat(measured.goodput()).isCloseTo(94.4, within(0.3));
        assertThat(measured.okPerSecond().get(2)).isZero();
    }

    @Test
    void aClosedLoopMeetsTheSameStallOnce() {
        Recording recording = tenSeconds(Duration.ofMillis(500));
        StallingServer server = new StallingServer();
        int slow = 0;
        for (long now = 0; now < 10 * SECOND; ) {
            long done = server.done(now);
            recording.planned(now);
            recording.answered(now, now, done, OK);
            slow += done - now > 100 * MILLISECOND ? 1 : 0;
            now = done + 9 * MILLISECOND;
        }

        assertThat(slow).isEqualTo(1);
        assertThat(recording.measured().latency().p99()).isCloseTo(1, within(0.01));
    }

    @Test
    void whatTheClientSendsLateIsCountedAndChargedToTheRequest() {
        Recording recording = tenSeconds(Duration.ofSeconds(1));
        recording.planned(SECOND);
        recording.answered(SECOND, SECOND + 30 * MILLISECOND, SECOND + 35 * MILLISECOND, OK);
        recording.planned(SECOND);
        recording.unsent(SECOND);
        recording.planned(SECOND);
        LoadReport.Measured measured = recording.measured();

        assertThat(measured.sending().planned()).isEqualTo(3);
        assertThat(measured.sending().late()).isEqualTo(1);
        assertThat(measured.sending().unsent()).isEqualTo(1);
        assertThat(measured.sending().unanswered()).isEqualTo(1);
        assertThat(measured.sending().lateness().max()).isCloseTo(30, within(0.1));
        assertThat(measured.latency().max()).isCloseTo(35, within(0.1));
        assertThat(measured.latencySinceSent().max()).isCloseTo(5, within(0.01));
    }

    @Test
    void whatLiesOutsideTheWindowCountsForNothing() {
        Recording recording = new Recording(SECOND, Duration.ofSeconds(1), Duration.ofDays(1));
        // meant before, finished within: throughput alone
        recording.planned(0);
        recording.answered(0, 0, SECOND + MILLISECOND, OK);
        // meant within, finished after: latency alone
        recording.planned(SECOND + MILLISECOND);
        recording.answered(SECOND + MILLISECOND, SECOND + MILLISECOND, 3 * SECOND, OK);
        recording.planned(2 * SECOND);
        LoadReport.Measured measured = recording.measured();

        assertThat(measured.throughput()).isEqualTo(1);
        assertThat(measured.sending().planned()).isEqualTo(1);
        assertThat(measured.latency().count()).isEqualTo(1);
        assertThat(measured.latency().max()).isCloseTo(1999, within(2.0));
    }

    @Test
    void refusalsHaveTheirOwnLatencyAndAreAskedForRetryAfter() {
        Recording recording = tenSeconds(Duration.ofSeconds(1));
        Target.Answer polite = new Target.Answer(Target.OVERLOADED, true, Map.of(), 0);
        Target.Answer rude = Target.Answer.of(Target.OVERLOADED);
        for (Target.Answer answer : List.of(polite, rude, Target.Answer.of("INTERNAL"))) {
            recording.planned(0);
            recording.answered(0, 0, 4 * MILLISECOND, answer);
        }
        recording.planned(0);
        recording.answered(
                0, 0, 9 * MILLISECOND, new Target.Answer("OK", false, Map.of("decode", 2.5), 4));
        LoadReport.Measured measured = recording.measured();

        assertThat(measured.outcomes())
                .isEqualTo(Map.of("INTERNAL", 1L, "OK", 1L, "OVERLOADED", 2L));
        assertThat(measured.refusal().count()).isEqualTo(2);
        assertThat(measured.refusal().p99()).isCloseTo(4, within(0.01));
        assertThat(measured.refusalsWithoutRetryAfter()).isEqualTo(1);
        assertThat(measured.latency().count()).isEqualTo(1);
        assertThat(measured.stages()).containsOnlyKeys("decode");
        assertThat(measured.meanBatch()).isEqualTo(4);
        assertThat(measured.failedPerSecond().getFirst()).isEqualTo(3);
    }

    @Test
    void theCurveRisesAndEndsWhereTheSampleDoes() {
        Recording recording = tenSeconds(Duration.ofSeconds(1));
        for (int i = 1; i <= 1000; i++) {
            recording.answered(0, 0, i * MILLISECOND, OK);
        }
        List<LoadReport.Point> curve = recording.measured().curve();

        assertThat(curve.getFirst().percentile()).isZero();
        assertThat(curve.getLast().percentile()).isBetween(99.8, 99.9);
        for (LoadReport.Point point : curve.subList(1, curve.size())) {
            assertThat(point.milliseconds()).isCloseTo(10 * point.percentile(), within(3.0));
        }
    }
}
