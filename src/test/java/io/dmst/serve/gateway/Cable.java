package io.dmst.serve.gateway;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Two network devices whose packets go from one to the other, and lie in between as long as the
 * network is to be slow, or never arrive. What a kernel sends and hears is what it would on a real
 * line of that kind.
 */
final class Cable implements AutoCloseable {

    private static final int LOOK_UP_MS = 50;

    private final Way there;
    private final Way back;
    private final Tun left;
    private final Tun right;

    /**
     * Makes both devices, which belong to nobody yet.
     *
     * @param leftName of one
     * @param rightName of the other
     */
    Cable(String leftName, String rightName) throws IOException {
        left = new Tun(leftName);
        right = new Tun(rightName);
        there = new Way(left, right);
        back = new Way(right, left);
    }

    /** Time that each packet takes, either way. */
    Cable delay(int milliseconds) {
        there.delay = milliseconds;
        back.delay = milliseconds;
        return this;
    }

    /** Share of the packets that get lost, either way. */
    Cable loss(double share) {
        there.loss = share;
        back.loss = share;
        return this;
    }

    /** Loses every packet from right to left alone. */
    Cable cutBack() {
        back.loss = 1;
        return this;
    }

    /** All as it should be. */
    void mend() {
        delay(0).loss(0);
    }

    /** Packets that were lost so far. */
    long lost() {
        return there.lost + back.lost;
    }

    /** One direction. */
    private static final class Way {

        private final Tun from;
        private final Tun to;
        private final Random random = new Random(7);
        private final ScheduledExecutorService sending =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("cable-", 0).daemon().factory());
        private final Thread reading;
        private volatile boolean over;
        volatile int delay;
        volatile double loss;
        volatile long lost;

        Way(Tun from, Tun to) {
            this.from = from;
            this.to = to;
            reading = Thread.ofPlatform().name("cable-in").daemon().start(this::carry);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        private void carry() {
            while (!over) {
                from.read(LOOK_UP_MS)
                        .ifPresent(packet -> {
                            if (random.nextDouble() < loss) {
                                lost++;
                            } else {
                                var unused =
                                        sending.schedule(
                                                () -> to.write(packet),
                                                delay,
                                                TimeUnit.MILLISECONDS);
                            }
                        });
            }
        }

        void end() {
            over = true;
            try {
                reading.join();
                sending.shutdownNow();
                sending.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        List.of(there, back).forEach(Way::end);
        left.close();
        right.close();
    }
}
