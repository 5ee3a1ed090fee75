package io.dmst.pipeline;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.scheduling.OrderedStarts;
import io.dmst.scheduling.Turns;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/**
 * Keeps an eye on results that are under way, so that they do not outlast their deadline, nor a
 * caller who has gone: such a result becomes a refusal, whereupon whoever works for it may stop.
 *
 * <p>One thread watches over all of them: it keeps their deadlines and looks from time to time
 * whether the callers are there of whom nothing else tells that they have gone. So who waits is
 * woken once, by the answer. A virtual thread that waits for a limited time would have a timer set
 * and unset, which wakes a third thread each time, and would be woken itself for every look.
 *
 * <p>Safe for use by several threads.
 */
@Component
final class Waiting implements InitializingBean, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Waiting.class);

    /** How often one looks for callers who have not waited long. */
    private static final long LOOK = Duration.ofMillis(50).toNanos();

    /** How often one looks at the least: who has waited is likely to go on waiting. */
    private static final long LONGEST = Duration.ofMillis(250).toNanos();

    /** So many at a time, in about a millisecond: deadlines pass meanwhile. */
    private static final int LOOKS = 200;

    private static final long NOBODY_WAITS = Duration.ofHours(1).toNanos();

    private final Set<Waiter<?>> waiters = ConcurrentHashMap.newKeySet();
    private final Thread watch =
            Thread.ofPlatform().name("waiting").daemon().unstarted(this::watch);
    private volatile long due = System.nanoTime();
    private volatile boolean stopped;

    @Override
    public void afterPropertiesSet() {
        watch.start();
    }

    /**
     * Waits for a result on this thread, which looks for the caller if it is theirs. An interrupt
     * refuses the result, too.
     *
     * @param pending never fails
     */
    <T> Checked<T> result(CompletableFuture<Checked<T>> pending, Call call) {
        Exchange exchange = call.exchange();
        if (exchange.hasLeft()) {
            pending.complete(new Checked.Refused<>(Refusals.nobody()));
        }
        if (pending.isDone()) {
            return pending.join();
        }
        Waiter<T> waiter = new Waiter<>(pending, call.deadline(), looking(exchange));
        begin(waiter);
        OrderedStarts.waits();
        try {
            return pending.get();
        } catch (InterruptedException e) {
            pending.complete(new Checked.Refused<>(Refusals.stopping()));
            Thread.currentThread().interrupt();
            return pending.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a result must be a value", e);
        } finally {
            waiters.remove(waiter);
            waiter.over();
        }
    }

    /** Refuses a result at the call's deadline, with no thread that waits for it. */
    <T> void limit(CompletableFuture<Checked<T>> pending, Call call) {
        if (!pending.isDone()) {
            Waiter<T> waiter = new Waiter<>(pending, call.deadline(), null);
            begin(waiter);
            pending.whenComplete((result, fault) -> waiters.remove(waiter));
        }
    }

    private void begin(Waiter<?> waiter) {
        waiters.add(waiter);
        if (waiter.due(System.nanoTime()) - due < 0) {
            LockSupport.unpark(watch);
        }
    }

    private static @Nullable Exchange looking(Exchange exchange) {
        return exchange.mustLook() ? exchange : null;
    }

    private void watch() {
        Turns.skip();
        while (!stopped) {
            long now = System.nanoTime();
            // a promise to whoever comes while the others are attended to
            due = now + LOOK;
            long next = attend(now);
            due = next;
            if (waiters.isEmpty()) {
                due = now + NOBODY_WAITS;
                // who came before that was written may rely on what was there
                due = waiters.isEmpty() ? due : next;
            }
            LockSupport.parkNanos(this, due - System.nanoTime());
        }
    }

    /**
     * Ends the waits that are vain.
     *
     * @return when to do so again
     */
    private long attend(long now) {
        int looks = 0;
        long next = now + LOOK;
        for (Waiter<?> waiter : waiters) {
            boolean look = looks < LOOKS && waiter.looksNow(now);
            looks += look ? 1 : 0;
            long deadline = waiter.deadline.nanoTime();
            if (deadline - now > 0 && deadline - next < 0) {
                next = deadline;
            }
            waiter.attend(now, look);
        }
        return looks < LOOKS ? next : now;
    }

    @Override
    public void destroy() {
        stopped = true;
        LockSupport.unpark(watch);
    }

    /** A result that is waited for. Until it is over nobody but the watch touches the caller. */
    private static final class Waiter<T> {

        private final CompletableFuture<Checked<T>> pending;
        private final Deadline deadline;
        private final @Nullable Exchange looking;

        private final long begun = System.nanoTime();

        /** When one looks for the caller; the watch's own. */
        private long lookDue = begun;

        private boolean over;

        Waiter(
                CompletableFuture<Checked<T>> pending,
                Deadline deadline,
                @Nullable Exchange looking) {
            this.pending = pending;
            this.deadline = deadline;
            this.looking = looking;
        }

        /** When it must be attended to at the latest. */
        long due(long now) {
            long look = looking == null ? NOBODY_WAITS : LOOK;
            return deadline.nanoTime() - now < look ? deadline.nanoTime() : now + look;
        }

        /** Whether it is time to look for the caller, which is so once. */
        boolean looksNow(long now) {
            if (looking == null || now - lookDue < 0) {
                return false;
            }
            lookDue = now + Math.clamp(now - begun, LOOK, LONGEST);
            return true;
        }

        /** Ends the wait if it is vain. */
        void attend(long now, boolean look) {
            try {
                Failure reason = reason(now, look);
                if (reason != null) {
                    pending.complete(new Checked.Refused<>(reason));
                }
            } catch (RuntimeException e) {
                log.error("a wait cannot be ended", e);
            }
        }

        private synchronized @Nullable Failure reason(long now, boolean look) {
            if (over) {
                return null;
            }
            if (deadline.nanoTime() - now <= 0) {
                return Refusals.tooLate();
            }
            if (look && looking != null) {
                looking.look();
                return looking.hasLeft() ? Refusals.nobody() : null;
            }
            return null;
        }

        synchronized void over() {
            over = true;
        }
    }
}
