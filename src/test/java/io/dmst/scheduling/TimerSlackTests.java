package io.dmst.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the slack is Linux's")
class TimerSlackTests {

    @Test
    void aThreadHasTheLeastUntilItHasTheUsualAgain() {
        CompletableFuture<List<Integer>> seen = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    int before = TimerSlack.nanos();
                    TimerSlack.least();
                    int least = TimerSlack.nanos();
                    TimerSlack.usual();
                    seen.complete(List.of(before, least, TimerSlack.nanos()));
                });
        List<Integer> nanos = seen.join();
        assertThat(nanos.get(0)).isGreaterThan(1).isEqualTo(nanos.get(2));
        assertThat(nanos.get(1)).isEqualTo(1);
    }
}
