package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxTests {

    private static final int WRITERS = 8;
    private static final int LETTERS = 20_000;

    private final AtomicInteger owners = new AtomicInteger();
    private final AtomicInteger together = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private volatile long pause = Long.MAX_VALUE;
    private volatile boolean ending;
    private volatile boolean ended;
    private int read;

    private final Mailbox mail = new Mailbox("mailbox-test", new Counting());

    private final class Counting implements Mailbox.Owned {

        @Override
        public long turn() {
            if (owners.incrementAndGet() > 1) {
                together.incrementAndGet();
            }
            mail.read();
            turns.incrementAndGet();
            owners.decrementAndGet();
            return pause;
        }

        @Override
        public boolean over() {
            return ending;
        }

        @Override
        public void end() {
            ended = true;
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        ending = true;
        mail.wake();
        mail.join(Duration.ofSeconds(10));
        assertThat(ended).isTrue();
    }

    @Test
    void everyLetterIsReadOnceAndByOneOwnerAtATime() {
        mail.begin();
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            for (int writer = 0; writer < WRITERS; writer++) {
                writers.execute(() -> {
                    for (int i = 0; i < LETTERS; i++) {
                        mail.tell(() -> read++);
                    }
                });
            }
        }

        await().untilAsserted(() -> assertThat(mail.empty()).isTrue());
        await().untilAsserted(() -> assertThat(owners).hasValue(0));
        assertThat(read).isEqualTo(WRITERS * LETTERS);
        assertThat(together).hasValue(0);
    }

    @Test
    void aLetterThatALetterWritesIsRead() {
        mail.begin();

        mail.tell(() -> mail.tell(() -> read++));

        await().untilAsserted(() -> assertThat(read).isEqualTo(1));
    }

    @Test
    void theClockTakesATurnWhenItIsTime() {
        pause = Duration.ofMillis(5).toNanos();
        mail.begin();

        await().untilAsserted(() -> assertThat(turns).hasValueGreaterThan(10));
    }

    @Test
    void aLetterThatFailsStopsNothing() {
        mail.begin();

        mail.tell(() -> {
            throw new IllegalStateException("a letter that fails, as it should");
        });
        mail.tell(() -> read++);

        await().untilAsserted(() -> assertThat(read).isEqualTo(1));
    }
}
