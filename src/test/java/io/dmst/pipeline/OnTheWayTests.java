package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnTheWayTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long now;
    private final OnTheWay onTheWay = new OnTheWay(() -> now);

    @Test
    void whatIsSentCountsUntilItHasCome() {
        Runnable first = onTheWay.one();
        Runnable second = onTheWay.one();
        assertThat(onTheWay.count()).isEqualTo(2);
        first.run();
        assertThat(onTheWay.count()).isEqualTo(1);
        second.run();
        assertThat(onTheWay.count()).isZero();
    }

    @Test
    void whatIsNeverSentCountsForASpellAndForTwoAtMost() {
        now = SECOND - 1;
        Runnable never = onTheWay.one();
        now += SECOND;
        assertThat(onTheWay.count()).isEqualTo(1);
        now += SECOND;
        assertThat(onTheWay.count()).isZero();
        onTheWay.one();
        never.run();
        assertThat(onTheWay.count()).as("of one that was forgotten before").isEqualTo(1);
    }

    @Test
    void afterAnHourOfSilenceNobodyIsLeft() {
        onTheWay.one();
        now += 3_600 * SECOND;
        assertThat(onTheWay.count()).isZero();
        onTheWay.one().run();
        assertThat(onTheWay.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itIsNeverLessThanThoseOfTheLastSpellNorMoreThanThoseOfTwo(long seed) {
        record Sent(long at, Runnable come) {}
        SplittableRandom random = new SplittableRandom(seed);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            now += random.nextLong(SECOND / 50);
            if (random.nextBoolean()) {
                sent.add(new Sent(now, onTheWay.one()));
            } else if (!sent.isEmpty()) {
                sent.remove(random.nextInt(sent.size())).come().run();
            }
            assertThat(onTheWay.count())
                    .isBetween(
                            (int) sent.stream().filter(s -> now - s.at() <= SECOND).count(),
                            (int) sent.stream().filter(s -> now - s.at() < 2 * SECOND).count());
        }
    }
}
