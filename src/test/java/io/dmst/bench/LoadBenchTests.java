package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmst.bench.Target.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadBenchTests {

    private static final Photographs IMAGES =
            new Photographs(List.of(new byte[] {1}, new byte[] {2}));

    /** A server of a lambda, which may wait. */
    @FunctionalInterface
    private interface Server extends Target {

        Answer answer(byte[] image) throws InterruptedException;

        @Override
        default void begin(byte[] image, Consumer<Answer> done) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            done.accept(answer(image));
                        } catch (InterruptedException e) {
                            throw new IllegalStateException("nobody interrupts it", e);
                        }
                    });
        }

        @Override
        default void close() {}
    }

    static LoadBench bench(Target server, int milliseconds) {
        return new LoadBench(
                server,
                IMAGES,
                new LoadBench.Settings(
                        Duration.ZERO,
                        Duration.ofMillis(milliseconds),
                        Duration.ofMillis(20),
                        null,
                        7));
    }

    @Test
    void anOpenLoopSendsAtItsRateWhateverTheServerDoes() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Server stuck =
                image -> {
                    if (begun.incrementAndGet() == 60) {
                        never.countDown();
                    }
                    never.await();
                    return Answer.of(Target.OK);
                };

        LoadReport.Measured measured = bench(stuck, 1000).open(100);

        // none is answered before the 60th has come: a closed loop would wait for the first for
        // ever
        assertThat(measured.sending().planned()).isBetween(70L, 130L);
        assertThat(measured.outcomes()).containsOnlyKeys(Target.OK);
        assertThat(measured.sending().unanswered()).isZero();
        assertThat(begun).hasValue((int) measured.sending().planned());
    }

    /** A server that takes a few at a time. */
    private record Narrow(Server server, int atATime) implements Target {

        @Override
        public void begin(byte[] image, Consumer<Answer> done) {
            server.begin(image, done);
        }

        @Override
        public void close() {}
    }

    @Test
    void whatATargetCannotSendWaitsInItsOrder() throws InterruptedException {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Server slow =
                image -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    Thread.sleep(20);
                    underWay.decrementAndGet();
                    return Answer.of(Target.OK);
                };

        // 2 at a time answer 100 of the 200 that come in the second
        LoadReport.Measured measured = bench(new Narrow(slow, 2), 1000).open(200);

        assertThat(most).hasValue(2);
        assertThat(measured.sending().unsent()).isZero();
        assertThat(measured.sending().unanswered()).isZero();
        assertThat(measured.latency().count()).isEqualTo(measured.sending().planned());
        assertThat(measured.latency().max()).isGreaterThan(500);
        assertThat(measured.latencySinceSent().max())
                .as("to wait for a connection is the client's lateness")
                .isLessThan(measured.latency().max() / 2);
        assertThat(measured.sending().late()).isGreaterThan(measured.sending().planned() / 2);
    }

    @Test
    void aStallIsSeenByAllThatCameMeanwhile() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Semaphore one = new Semaphore(1);
        Server stalling =
                image -> {
                    one.acquire();
                    try {
                        if (count.incrementAndGet() == 20) {
                            Thread.sleep(400);
                        }
                        return Answer.of(Target.OK);
                    } finally {
                        one.release();
                    }
                };

        LoadReport.Measured measured = bench(stalling, 1000).open(100);

        // 40 are expected in those 400 ms, and half of them wait for more than 200 ms
        assertThat(measured.latency().max()).isGreaterThan(399);
        assertThat(measured.latency().p90()).isGreaterThan(100);
    }

    @Test
    void aClosedLoopHasAsManyUnderWayAsItIsTold() throws InterruptedException {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Byte> seen = new ArrayList<>();
        Server server =
                image -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    synchronized (seen) {
                        seen.add(image[0]);
                    }
                    Thread.sleep(5);
                    underWay.decrementAndGet();
                    return Answer.of(Target.OK);
                };

        LoadReport.Measured measured = bench(server, 300).closed(3);

        assertThat(most).hasValue(3);
        assertThat(measured.latency().count()).isEqualTo(seen.size());
        assertThat(measured.latency().p50()).isGreaterThanOrEqualTo(4.9);
        assertThat(seen).contains((byte) 1, (byte) 2);
    }

    @Test
    void usersWhoNeedNoThreadsAskAsOftenAsTheyAreAnswered() throws InterruptedException {
        Semaphore most = new Semaphore(3);
        Direct server =
                new Direct(answer -> {
                    assertThat(most.tryAcquire()).isTrue();
                    Thread.ofVirtual()
                            .start(() -> {
                                most.release();
                                answer.run();
                            });
                });

        LoadReport.Measured measured = bench(server, 200).closed(3);

        assertThat(measured.latency().count()).isGreaterThan(100);
        assertThat(measured.sending().unanswered()).isZero();
        assertThat(most.availablePermits()).isEqualTo(3);
    }

    @Test
    void answersThatAreThereAtOnceFillNoStack() throws InterruptedException {
        AtomicLong deepest = new AtomicLong();
        Direct server =
                new Direct(answer -> {
                    long depth = StackWalker.getInstance().walk(Stream::count);
                    deepest.accumulateAndGet(depth, Math::max);
                    answer.run();
                });

        LoadReport.Measured measured = bench(server, 200).closed(2);

        assertThat(measured.latency().count()).isGreaterThan(500);
        assertThat(deepest.get()).isLessThan(200);
    }

    @Test
    void severalServersAreAskedInTurn() throws InterruptedException {
        AtomicInteger left = new AtomicInteger();
        AtomicInteger right = new AtomicInteger();
        Target both =
                new Targets.InTurn(List.of(counting(left), counting(right)), new AtomicLong());

        LoadReport.Measured measured = bench(both, 300).open(200);

        assertThat(left.get() + right.get()).isEqualTo((int) measured.sending().planned());
        assertThat(left.get() - right.get()).isBetween(0, 1);
    }

    private static Server counting(AtomicInteger asked) {
        return image -> {
            asked.incrementAndGet();
            return Answer.of(Target.OK);
        };
    }

    @Test
    void anOpenLoopWaitsForTheLastAnswers() throws InterruptedException {
        Direct server = new Direct(CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));

        LoadReport.Measured measured = bench(server, 300).open(200);

        assertThat(measured.sending().unanswered()).isZero();
        assertThat(measured.latency().count()).isEqualTo(measured.sending().planned());
    }

    @Test
    void whatHasNoRoomIsCountedAndNotSent() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        Server waiting =
                image -> {
                    sent.incrementAndGet();
                    release.await();
                    return Answer.of(Target.OK);
                };
        long now = System.nanoTime();
        Recording recording = new Recording(now - 1, Duration.ofMinutes(1), Duration.ofMinutes(1));
        try (Flight flight = new Flight(waiting, IMAGES, recording, 2)) {
            for (int i = 0; i < 5; i++) {
                flight.launch(now);
            }
            release.countDown();
            flight.land();
        }

        assertThat(sent).hasValue(2);
        assertThat(recording.measured().sending().unsent()).isEqualTo(3);
        assertThat(recording.measured().sending().unanswered()).isZero();
    }

    @Test
    void theSearchForTheSaturationFindsWhereMoreUsersBringNothing() throws InterruptedException {
        Semaphore four = new Semaphore(4);
        Server server =
                image -> {
                    four.acquire();
                    try {
                        Thread.sleep(10);
                        return Answer.of(Target.OK);
                    } finally {
                        four.release();
                    }
                };
        List<String> lines = new ArrayList<>();
        LoadBench bench =
                new LoadBench(
                        server,
                        IMAGES,
                        new LoadBench.Settings(
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                Duration.ofMillis(300),
                                null,
                                7));

        Saturation saturation = bench.saturation(lines::add);

        assertThat(saturation.rate()).isLessThanOrEqualTo(420);
        assertThat(saturation.concurrency()).isGreaterThanOrEqualTo(4);
        assertThat(saturation.steps()).hasSameSizeAs(lines).hasSizeGreaterThan(4);
        assertThat(saturation.steps().getFirst().concurrency()).isEqualTo(1);
    }

    @Test
    void aServerThatAnswersNothingHasNoSaturation() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        bench((Server) image -> Answer.of("CONNECT"), 50).saturation(line -> {}))
                .withMessageContaining("no request");
    }
}
