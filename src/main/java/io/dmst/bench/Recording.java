package io.dmst.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What happens during a measurement. Latency is counted from the time at which a request was meant
 * to be sent: a server that stalls is charged with every request that it kept waiting, and not only
 * with those that a polite client still sent (coordinated omission). What was meant to be sent
 * before or after the measured window counts for no latency; throughput is what was finished within
 * it. Thread-safe.
 */
final class Recording {

    /** What a request may be sent late before it is counted as late. */
    static final Duration LATE = Duration.ofMillis(1);

    private static final int DIGITS = 3;

    private final long from;
    private final long until;
    private final long deadlineNanos;

    private final ConcurrentHistogram latency = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram sinceSent = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram refusal = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram refusalSinceSent = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram lateness = new ConcurrentHistogram(DIGITS);
    private final Map<String, ConcurrentHistogram> stages = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
    private final LongAdder planned = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder withoutRetryAfter = new LongAdder();
    private final LongAdder batchSizes = new LongAdder();
    private final LongAdder finished = new LongAdder();
    private final LongAdder good = new LongAdder();
    private final AtomicLongArray okPerSecond;
    private final AtomicLongArray failedPerSecond;

    /**
     * @param from as {@link System#nanoTime()}
     * @param duration of the window that begins then
     * @param deadline that an answer must meet to be good
     */
    Recording(long from, Duration duration, Duration deadline) {
        this.from = from;
        this.until = from + duration.toNanos();
        this.deadlineNanos = deadline.toNanos();
        int seconds = (int) Math.ceilDiv(duration.toNanos(), 1_000_000_000L);
        this.okPerSecond = new AtomicLongArray(seconds);
        this.failedPerSecond = new AtomicLongArray(seconds);
    }

    /** When the measured window ends. */
    long until() {
        return until;
    }

    private boolean within(long time) {
        return time - from >= 0 && time - until < 0;
    }

    /** Counts a request whose time has come. */
    void planned(long intended) {
        if (within(intended)) {
            planned.increment();
        }
    }

    /** Counts a request that could not be sent at all. */
    void unsent(long intended) {
        if (within(intended)) {
            unsent.increment();
        }
    }

    /**
     * Counts an answer.
     *
     * @param intended when it was meant to be sent
     * @param sent when it was
     * @param done when the answer was there
     */
    void answered(long intended, long sent, long done, Target.Answer answer) {
        boolean ok = answer.code().equals(Target.OK);
        if (within(done)) {
            finished(done, ok, done - intended);
        }
        if (!within(intended)) {
            return;
        }
        outcomes.computeIfAbsent(answer.code(), code -> new LongAdder()).increment();
        lateness.recordValue(Math.max(0, sent - intended));
        if (sent - intended > LATE.toNanos()) {
            late.increment();
        }
        if (ok) {
            latency.recordValue(Math.max(0, done - intended));
            sinceSent.recordValue(Math.max(0, done - sent));
            batchSizes.add(answer.batchSize());
            answer.stages().forEach(this::stage);
        } else if (answer.code().equals(Target.OVERLOADED)) {
            refusal.recordValue(Math.max(0, done - intended));
            refusalSinceSent.recordValue(Math.max(0, done - sent));
            if (!answer.retryAfter()) {
                withoutRetryAfter.increment();
            }
        }
    }

    private void finished(long done, boolean ok, long nanos) {
        int second = (int) ((done - from) / 1_000_000_000L);
        (ok ? okPerSecond : failedPerSecond).incrementAndGet(second);
        if (ok) {
            finished.increment();
            if (nanos <= deadlineNanos) {
                good.increment();
            }
        }
    }

    private void stage(String name, double milliseconds) {
        stages.computeIfAbsent(name, stage -> new ConcurrentHistogram(DIGITS))
                .recordValue(Math.round(milliseconds * 1e6));
    }

    /** What there is so far; final once nothing is under way. */
    LoadReport.Measured measured() {
        double seconds = (until - from) / 1e9;
        SortedMap<String, Long> counts = new TreeMap<>();
        outcomes.forEach((code, count) -> counts.put(code, count.sum()));
        long answered = counts.values().stream().mapToLong(Long::longValue).sum();
        SortedMap<String, Percentiles> perStage = new TreeMap<>();
        stages.forEach((name, times) -> perStage.put(name, Percentiles.of(times)));
        return new LoadReport.Measured(
                seconds,
                new LoadReport.Sending(
                        planned.sum(),
                        unsent.sum(),
                        late.sum(),
                        planned.sum() - unsent.sum() - answered,
                        Percentiles.of(lateness)),
                finished.sum() / seconds,
                good.sum() / seconds,
                counts,
                Percentiles.of(latency),
                Percentiles.of(sinceSent),
                Percentiles.of(refusal),
                Percentiles.of(refusalSinceSent),
                withoutRetryAfter.sum(),
                perStage,
                latency.getTotalCount() == 0
                        ? 0
                        : (double) batchSizes.sum() / latency.getTotalCount(),
                LoadReport.curve(latency),
                seconds(okPerSecond),
                seconds(failedPerSecond));
    }

    private static List<Long> seconds(AtomicLongArray counts) {
        return IntStream.range(0, counts.length()).mapToObj(counts::get).toList();
    }
}
