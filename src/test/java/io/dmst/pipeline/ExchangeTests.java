package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.observability.RequestTrace;
import io.dmst.pipeline.Exchange.Stage;
import io.dmst.scheduling.OrderedStarts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExchangeTests {

    private static Exchange exchange(String id) {
        return new Exchange("http", id, "/v1/classify");
    }

    @Test
    void stagesAreToldInMillisecondsWithThreePlaces() {
        Exchange exchange = exchange("a");
        assertThat(exchange.serverTiming())
                .isEqualTo("decode;dur=0.000, queue;dur=0.000, compute;dur=0.000");

        exchange.spent(Stage.DECODE, Duration.ofNanos(12_034_567));
        exchange.spent(Stage.DECODE, Duration.ofNanos(1));
        exchange.spent(Stage.COMPUTE, Duration.ofSeconds(2));

        assertThat(exchange.serverTiming())
                .isEqualTo("decode;dur=12.034, queue;dur=0.000, compute;dur=2000.000");
    }

    @Test
    void aRequestsTimeCountsFromItsComingAndNotFromItsThreadsStart() throws Exception {
        OrderedStarts starts = new OrderedStarts("exchange-");
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Exchange> late = new CompletableFuture<>();
        for (int i = 0; i < 64 * Runtime.getRuntime().availableProcessors(); i++) {
            starts.execute(() -> await(end));
        }
        starts.execute(() -> late.complete(exchange("a")));

        Exchange exchange = late.get(30, TimeUnit.SECONDS);
        end.countDown();
        // the others give way a few at a time, after ten milliseconds each
        assertThat(exchange.elapsed()).isGreaterThan(Duration.ofMillis(20));
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRequestKeepsItsHarmlessIdAndGetsOneOfItsOwnElse() {
        assertThat(exchange("the-callers.1").requestId()).isEqualTo("the-callers.1");
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            made.add(exchange("not\nharmless").requestId());
        }
        assertThat(made)
                .hasSize(1000)
                .allMatch(id ->
                        id.matches(
                                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    }

    /** A call whose client leaves is over at once, while its handler may only begin. */
    @Test
    void aTraceThatIsNotedWhenTheRequestIsOverIsEnded() {
        Exchange exchange = exchange("a");
        Ended before = new Ended();
        Ended after = new Ended();
        exchange.traced(before);
        assertThat(before.times).isZero();

        exchange.record(new SimpleMeterRegistry());
        exchange.traced(after);

        assertThat(before.times).isOne();
        assertThat(after.times).isOne();
    }

    private static final class Ended implements RequestTrace {

        private int times;

        @Override
        public void stage(String name, Duration took, Duration ago) {}

        @Override
        public void end() {
            times++;
        }
    }
}
