package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.bench.Target.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MeteredTests {

    private static final byte[] IMAGE = {1};

    @Test
    void aRefusalOfTenMillisecondsIsNamedWithItsTime() throws InterruptedException {
        Instant begun = Instant.now();
        OverloadReport.Refusals refusals =
                refusals(metered(Target.OVERLOADED, Duration.ofMillis(12)), 2);
        assertThat(refusals.late()).isEqualTo(2);
        assertThat(refusals.first())
                .hasSize(2)
                .allSatisfy(late -> {
                    assertThat(late.at()).isBetween(begun, Instant.now());
                    assertThat(late.milliseconds()).isBetween(12.0, refusals.latency().max() + 1);
                });
    }

    @Test
    void thoseThatAreNamedAreBounded() throws InterruptedException {
        int more = OverloadReport.Refusals.NOTED + 5;
        OverloadReport.Refusals refusals =
                refusals(metered(Target.OVERLOADED, Duration.ofMillis(10)), more);
        assertThat(refusals.late()).isEqualTo(more);
        assertThat(refusals.first()).hasSize(OverloadReport.Refusals.NOTED);
    }

    @Test
    void aGoodAnswerIsNoRefusalHoweverLate() throws InterruptedException {
        OverloadReport.Refusals refusals = refusals(metered(Target.OK, Duration.ofMillis(12)), 1);
        assertThat(refusals.latency().count()).isZero();
        assertThat(refusals.first()).isEmpty();
    }

    @Test
    void whatWasBeforeAResetIsForgotten() throws InterruptedException {
        Metered metered = metered(Target.OVERLOADED, Duration.ofMillis(12));
        metered.send(IMAGE);
        metered.reset();
        assertThat(metered.refusals().late()).isZero();
        assertThat(metered.refusals().first()).isEmpty();
    }

    private static OverloadReport.Refusals refusals(Metered metered, int times)
            throws InterruptedException {
        for (int i = 0; i < times; i++) {
            metered.send(IMAGE);
        }
        return metered.refusals();
    }

    private static Metered metered(String code, Duration after) {
        return new Metered(
                new Target() {
                    @Override
                    public void begin(byte[] image, Consumer<Answer> done) {
                        try {
                            Thread.sleep(after);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        done.accept(new Answer(code, true, Map.of(), 1));
                    }

                    @Override
                    public void close() {}
                });
    }
}
