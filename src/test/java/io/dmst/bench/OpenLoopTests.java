package io.dmst.bench;

import static io.dmst.bench.LoadBenchTests.bench;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenLoopTests {

    @Test
    void anOpenLoopIsSentByTheThreadOfItsConnection() throws InterruptedException {
        Set<Thread> senders = ConcurrentHashMap.newKeySet();
        AtomicInteger sent = new AtomicInteger();
        ScheduledExecutorService connection = Executors.newSingleThreadScheduledExecutor();
        Executor stalling =
                answer -> {
                    senders.add(Thread.currentThread());
                    if (sent.incrementAndGet() == 50) {
                        pause(300);
                    }
                    // a second thread that answered could send what was handed on meanwhile
                    connection.execute(answer);
                };
        try (Direct server = new Direct(stalling, Optional.of(connection))) {

            LoadReport.Measured measured = bench(server, 1000).open(200);

            assertThat(senders).hasSize(1).doesNotContain(Thread.currentThread());
            assertThat(sent.get()).isEqualTo((int) measured.sending().planned()).isGreaterThan(140);
            assertThat(measured.sending().unanswered()).isZero();
            assertThat(measured.latency().max())
                    .as("what should have been sent during the stall counts from then")
                    .isGreaterThan(150);
            assertThat(measured.sending().late()).isBetween(30L, 100L);
        }
    }

    @Test
    void aThreadOfAConnectionThatFailsEndsTheMeasurement() {
        Executor broken =
                answer -> {
                    throw new IllegalStateException("no connection");
                };
        try (Direct server = Direct.connected(broken)) {

            assertThatIllegalStateException()
                    .isThrownBy(() -> bench(server, 1000).open(200))
                    .havingCause()
                    .withMessage("no connection");
        }
    }

    @Test
    void whoStopsWaitingStopsTheThreadOfTheConnection() throws InterruptedException {
        AtomicInteger sent = new AtomicInteger();
        Executor counting =
                answer -> {
                    sent.incrementAndGet();
                    answer.run();
                };
        try (Direct server = Direct.connected(counting)) {
            Thread.currentThread().interrupt();

            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> bench(server, 60_000).open(1000));
            CountDownLatch later = new CountDownLatch(1);
            server.sender().orElseThrow().schedule(later::countDown, 50, TimeUnit.MILLISECONDS);
            later.await();
            int atThatTime = sent.get();
            pause(100);
            assertThat(sent).hasValue(atThatTime);
        }
    }

    private static void pause(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
