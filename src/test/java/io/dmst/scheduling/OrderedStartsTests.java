package io.dmst.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OrderedStartsTests {

    private static final Duration NEVER = Duration.ofDays(1);

    @Test
    void tasksBeginInTheOrderOfTheirComing() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("one-", 1, NEVER);
        List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(500);
        for (int i = 0; i < 500; i++) {
            int task = i;
            starts.execute(() -> {
                begun.add(task);
                Thread.yield();
                done.countDown();
            });
        }
        done.await();
        assertThat(begun).isEqualTo(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void noMoreThanAllowedRunAtATimeAndNoneIsLost() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("three-", 3, NEVER);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4_000);
        for (int thread = 0; thread < 4; thread++) {
            Thread.ofPlatform()
                    .start(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            starts.execute(() -> {
                                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                Thread.yield();
                                running.decrementAndGet();
                                done.countDown();
                            });
                        }
                    });
        }
        done.await();
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void whoSaysThatItWaitsLetsTheNextBegin() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("one-", 1, NEVER);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        starts.execute(() -> {
            OrderedStarts.waits();
            OrderedStarts.waits(); // counts once
            awaited(second);
            first.countDown();
        });
        starts.execute(second::countDown);
        first.await();

        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger beside = new AtomicInteger();
        starts.execute(() -> {
            begun.countDown();
            awaited(end);
        });
        begun.await();
        starts.execute(beside::incrementAndGet);
        assertThat(end.await(50, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(beside).hasValue(0);
        end.countDown();
    }

    @Test
    void whoNeverSaysThatItWaitsHoldsUpTheOthersForAWhileOnly() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("two-", 2, Duration.ofMillis(10));
        Semaphore end = new Semaphore(0);
        CountDownLatch others = new CountDownLatch(100);
        for (int i = 0; i < 20; i++) {
            starts.execute(end::acquireUninterruptibly);
        }
        for (int i = 0; i < 100; i++) {
            starts.execute(others::countDown);
        }
        others.await();
        end.release(20);
    }

    @Test
    void theThreadThatLooksForThoseWhoDoNotSayEndsWhenItIsNotNeeded() throws Exception {
        whoNeverSaysThatItWaitsHoldsUpTheOthersForAWhileOnly();
        assertThat(looking()).isTrue();
        while (looking()) {
            Thread.sleep(50);
        }
    }

    private static boolean looking() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("two-order"));
    }

    @Test
    void aTaskThatFailsMakesRoom() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("one-", 1, NEVER);
        CountDownLatch next = new CountDownLatch(1);
        starts.execute(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, fault) -> {});
            throw new IllegalStateException("meant to be");
        });
        starts.execute(next::countDown);
        next.await();
    }

    @Test
    void whatComesFirstCameWithItsTask() throws InterruptedException {
        OrderedStarts starts = new OrderedStarts("one-", 1, NEVER);
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        List<Long> came = new ArrayList<>();
        starts.execute(() -> awaited(free));
        long before = System.nanoTime();
        starts.execute(() -> {
            came.add(OrderedStarts.came());
            came.add(OrderedStarts.came());
            done.countDown();
        });
        long after = System.nanoTime();
        free.countDown();
        done.await();
        assertThat(came.get(0) - before).isBetween(0L, after - before);
        assertThat(came.get(1) - after).isPositive();
        long here = System.nanoTime();
        assertThat(OrderedStarts.came() - here).isNotNegative();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
