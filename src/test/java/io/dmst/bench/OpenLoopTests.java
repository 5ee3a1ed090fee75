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
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OpenLoopTests {

    /** A server whose connection has a thread that keeps the time of what is sent. */
    private record Connected(Executor answering, ScheduledExecutorService thread)
            implements Target {

        @Override
        public Answer send(byte[] image) {
            throw new IllegalStateException("nobody needs to wait");
        }

        @Override
        public boolean begins() {
            return true;
        }

        @Override
        public void begin(byte[] image, Consumer<Answer> done) {
            answering.execute(() -> done.accept(Answer.of(Target.OK)));
        }

        @Override
        public Optional<ScheduledExecutorService> sender() {
            return Optional.of(thread);
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }

    @Test
    void anOpenLoopIsSentByTheThreadOfItsConnection() throws InterruptedException {
        Set<Thread> senders = ConcurrentHashMap.newKeySet();
        AtomicInteger sent = new AtomicInteger();
        Executor stalling =
                answer -> {
                    senders.add(Thread.currentThread());
                    if (sent.incrementAndGet() == 50) {
                        pause(300);
                    }
                    Thread.ofVirtual().start(answer);
                };
        try (Connected server =
                new Connected(stalling, Executors.newSingleThreadScheduledExecutor())) {

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
        try (Connected server =
                new Connected(broken, Executors.newSingleThreadScheduledExecutor())) {

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
        try (Connected server =
                new Connected(counting, Executors.newSingleThreadScheduledExecutor())) {
            Thread.currentThread().interrupt();

            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> bench(server, 60_000).open(1000));
            CountDownLatch later = new CountDownLatch(1);
            server.thread().schedule(later::countDown, 50, TimeUnit.MILLISECONDS);
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
