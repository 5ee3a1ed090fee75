package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The memory of bodies on a simulated clock: 1,000 bytes, three unfinished bodies, 10 bytes/s. */
class BodyMemoryTests {

    private static final Deadline FAR = new Deadline(Long.MAX_VALUE / 2);

    private final AtomicLong clock = new AtomicLong();
    private final BodyMemory memory =
            new BodyMemory(
                    new RequestProperties(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1),
                            DataSize.ofBytes(1_000),
                            1,
                            DataSize.ofBytes(1_000),
                            3,
                            DataSize.ofBytes(10)),
                    clock::get);

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void aBodyIsChargedForTheBytesThatHaveArrivedUntilItIsClosed() {
        BodyMemory.Body body = memory.open(FAR);
        body.received(300);
        body.received(200);
        assertThat(memory.held()).isEqualTo(500);
        body.complete();
        assertThat(memory.held()).isEqualTo(500);
        body.close();
        body.close();
        assertThat(memory.held()).isZero();
    }

    @Test
    void readingEndsAtTheDeadline() {
        BodyMemory.Body body = memory.open(new Deadline(Duration.ofSeconds(2).toNanos()));
        body.received(100);
        pass(Duration.ofSeconds(2));
        assertThatThrownBy(() -> body.received(100)).isInstanceOf(BodyTimeoutException.class);
    }

    @Test
    void aBodyBelowTheLeastRateIsEndedAfterAGracePeriod() {
        BodyMemory.Body body = memory.open(FAR);
        body.received(1);
        pass(BodyMemory.GRACE);
        body.received(1);
        pass(Duration.ofMillis(1));
        assertThatThrownBy(() -> body.received(1))
                .isInstanceOf(BodyTimeoutException.class)
                .hasMessageContaining("10 bytes");
        BodyMemory.Body fast = memory.open(FAR);
        fast.received(100);
        pass(BodyMemory.GRACE.plusSeconds(1));
        fast.received(1);
    }

    @Test
    void ofTooManyUnfinishedBodiesTheSlowestIsEnded() {
        BodyMemory.Body slow = memory.open(FAR);
        BodyMemory.Body fast = memory.open(FAR);
        BodyMemory.Body medium = memory.open(FAR);
        slow.received(1);
        fast.received(300);
        medium.received(100);
        pass(Duration.ofSeconds(1));
        BodyMemory.Body fresh = memory.open(FAR);
        fresh.received(10);
        fast.received(10);
        medium.received(10);
        assertThatThrownBy(() -> slow.received(1)).isInstanceOf(BodyTimeoutException.class);
    }

    @Test
    void forMemoryTheSlowestUnfinishedBodyIsEndedAndNotTheGrowingOne() {
        BodyMemory.Body slow = memory.open(FAR);
        slow.received(600);
        pass(Duration.ofSeconds(10));
        BodyMemory.Body fresh = memory.open(FAR);
        fresh.received(900);
        assertThat(memory.held()).isEqualTo(900);
        assertThatThrownBy(() -> slow.received(1)).isInstanceOf(BodyTimeoutException.class);
        slow.close();
        assertThat(memory.held()).isEqualTo(900);
    }

    @Test
    void whereFinishedBodiesFillTheMemoryAGrowingOneIsRefused() {
        BodyMemory.Body finished = memory.open(FAR);
        finished.received(800);
        finished.complete();
        BodyMemory.Body fresh = memory.open(FAR);
        FailureException refused =
                catchThrowableOfType(FailureException.class, () -> fresh.received(300));
        assertThat(refused.failure().code()).isEqualTo(FailureCode.OVERLOADED);
    }

    @Test
    void aStopEndsUnfinishedBodies() {
        BodyMemory.Body body = memory.open(FAR);
        memory.endUnfinished();
        FailureException ended =
                catchThrowableOfType(FailureException.class, () -> body.received(1));
        assertThat(ended.failure().code()).isEqualTo(FailureCode.NOT_READY);
    }
}
