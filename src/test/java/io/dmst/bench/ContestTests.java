package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmst.bench.Target.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class ContestTests {

    private static final Photographs IMAGES = new Photographs(List.of(new byte[] {1}));

    /** A server that answers each request after some milliseconds. */
    private record Slow(LongSupplier milliseconds) implements Target {

        @Override
        public void begin(byte[] image, Consumer<Answer> done) {
            CompletableFuture.delayedExecutor(milliseconds.getAsLong(), TimeUnit.MILLISECONDS)
                    .execute(() -> done.accept(Answer.of(Target.OK)));
        }

        @Override
        public void close() {}
    }

    private static Contest.Turn turn(Target server, Duration time) throws InterruptedException {
        return new Contest(
                        List.of(
                                new Contest.Contender(
                                        "server",
                                        new Metered(server),
                                        Map.of("server", ChildServer::ownCpuTime))),
                        IMAGES,
                        4,
                        time)
                .round()
                .values()
                .iterator()
                .next();
    }

    @Test
    void whatIsAnsweredInTheRampDoesNotCountForTheThroughput() throws InterruptedException {
        long begun = System.nanoTime();
        long hurry = Duration.ofMillis(300).toNanos();
        Target server = new Slow(() -> System.nanoTime() - begun < hurry ? 1 : 50);

        Contest.Turn turn = turn(server, Duration.ofSeconds(1));

        // 4 users who wait for 50 ms each; with the ramp it would be hundreds
        assertThat(turn.throughput()).isBetween(20.0, 84.0);
        assertThat(turn.cpuMilliseconds().get("server")).isPositive();
        assertThat(turn.latency().p50()).isPositive();
    }

    @Test
    void aLoadThatFailsIsTold() {
        Target broken =
                new Target() {
                    @Override
                    public void begin(byte[] image, Consumer<Answer> done) {
                        throw new IllegalArgumentException("as the test wants it");
                    }

                    @Override
                    public void close() {}
                };
        assertThatIllegalStateException()
                .isThrownBy(() -> turn(broken, Duration.ofMillis(10)))
                .withMessageContaining("as the test wants it");
    }
}
