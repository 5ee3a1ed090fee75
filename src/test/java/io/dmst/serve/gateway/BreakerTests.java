package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTests {

    private static final long MS = 1_000_000;

    private final Breaker breaker = new Breaker();

    private void fails(int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.failed(now);
        }
    }

    @Test
    void threeFailuresInARowOpenIt() {
        fails(2, 0);
        breaker.succeeded();
        fails(2, 0);
        assertThat(breaker.closed()).isTrue();
        fails(1, 0);
        assertThat(breaker.closed()).isFalse();
    }

    @Test
    void oneRequestProbesAfterThePauseAndClosesIt() {
        fails(3, 0);
        assertThat(breaker.probe(199 * MS)).isFalse();
        assertThat(breaker.probe(200 * MS)).isTrue();
        assertThat(breaker.probe(300 * MS)).as("one at a time").isFalse();
        breaker.succeeded();
        assertThat(breaker.closed()).isTrue();
    }

    @Test
    void eachProbeThatFailsDoublesThePauseUpToABound() {
        fails(3, 0);
        long now = 200 * MS;
        long pause = 200 * MS;
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.probe(now)).isTrue();
            breaker.failed(now);
            pause = Math.min(2 * pause, 5_000 * MS);
            assertThat(breaker.probe(now + pause - 1)).isFalse();
            now += pause;
        }
    }

    @Test
    void aProbeThatNobodyWaitedForIsTriedAgain() {
        fails(3, 0);
        assertThat(breaker.probe(200 * MS)).isTrue();
        breaker.abandoned();
        assertThat(breaker.probe(201 * MS)).isTrue();
    }

    @Test
    void lateFailuresOfAnOpenOneDoNotMoveItsPause() {
        fails(3, 0);
        fails(5, 150 * MS);
        assertThat(breaker.probe(200 * MS)).isTrue();
    }

    @Test
    void aNodeThatWasAwayAndIsBackBeginsAnew() {
        fails(3, 0);
        assertThat(breaker.probe(200 * MS)).isTrue();
        breaker.failed(200 * MS);
        breaker.reset();
        assertThat(breaker.closed()).isTrue();
        fails(3, 300 * MS);
        assertThat(breaker.probe(500 * MS)).as("after the first pause again").isTrue();
    }
}
