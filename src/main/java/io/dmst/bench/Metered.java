package io.dmst.bench;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * A target with a meter before it: what was asked, how it ended, and how long the good answers took
 * from their sending, and refusals. Thread-safe.
 */
final class Metered implements Target {

    private static final int DIGITS = 3;

    private final Target target;
    private final LongAdder answers = new LongAdder();
    private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> imagesBySize = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentHistogram> stages = new ConcurrentHashMap<>();
    private final ConcurrentHistogram all = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram turn = new ConcurrentHistogram(DIGITS);
    private final ConcurrentHistogram refusals = new ConcurrentHistogram(DIGITS);
    private final LongAdder lateRefusals = new LongAdder();
    private final Queue<OverloadReport.Late> firstLate = new ConcurrentLinkedQueue<>();
    private final LongAdder withoutRetryAfter = new LongAdder();

    /**
     * @param target stays the caller's to close
     */
    Metered(Target target) {
        this.target = target;
    }

    @Override
    public int atATime() {
        return target.atATime();
    }

    @Override
    public void begin(byte[] image, Consumer<Answer> done) {
        long sent = System.nanoTime();
        target.begin(
                image,
                answer -> {
                    count(answer, System.nanoTime() - sent);
                    done.accept(answer);
                });
    }

    @Override
    public Optional<ScheduledExecutorService> sender() {
        return target.sender();
    }

    private void count(Answer answer, long took) {
        answers.increment();
        outcomes.computeIfAbsent(answer.code(), code -> new LongAdder()).increment();
        if (answer.code().equals(OK)) {
            all.recordValue(took);
            turn.recordValue(took);
            imagesBySize.computeIfAbsent(answer.batchSize(), size -> new LongAdder()).increment();
            answer.stages().forEach(this::stage);
        } else if (answer.code().equals(OVERLOADED)) {
            refused(answer, took);
        }
    }

    private void refused(Answer answer, long took) {
        refusals.recordValue(took);
        if (took >= OverloadReport.PROMPT * 1e6) {
            lateRefusals.increment();
            if (lateRefusals.sum() <= OverloadReport.Refusals.NOTED) {
                firstLate.add(new OverloadReport.Late(Instant.now(), took / 1e6));
            }
        }
        if (!answer.retryAfter()) {
            withoutRetryAfter.increment();
        }
    }

    private void stage(String name, double milliseconds) {
        stages.computeIfAbsent(name, stage -> new ConcurrentHistogram(DIGITS))
                .recordValue(Math.round(milliseconds * 1e6));
    }

    /** Answers so far, good or not. */
    long answers() {
        return answers.sum();
    }

    /** Answers so far by code. */
    SortedMap<String, Long> outcomes() {
        SortedMap<String, Long> counts = new TreeMap<>();
        outcomes.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Of all good answers. */
    Percentiles latency() {
        return Percentiles.of(all);
    }

    /** All refusals for overload. */
    OverloadReport.Refusals refusals() {
        return new OverloadReport.Refusals(
                Percentiles.of(refusals),
                lateRefusals.sum(),
                withoutRetryAfter.sum(),
                List.copyOf(firstLate));
    }

    /** Of the stages that good answers tell. */
    SortedMap<String, Percentiles> stages() {
        SortedMap<String, Percentiles> times = new TreeMap<>();
        stages.forEach((name, histogram) -> times.put(name, Percentiles.of(histogram)));
        return times;
    }

    /** Images that were computed together, mean over good answers; 0 where it is not told. */
    double meanBatch() {
        double sizes = 0;
        for (Map.Entry<Integer, LongAdder> entry : imagesBySize.entrySet()) {
            sizes += entry.getKey() * entry.getValue().doubleValue();
        }
        return all.getTotalCount() == 0 ? 0 : sizes / all.getTotalCount();
    }

    /** Of the batches that good answers were in. */
    BatchSizes batchSizes() {
        Map<Integer, Long> images = new TreeMap<>();
        imagesBySize.forEach((size, count) -> images.put(size, count.sum()));
        return BatchSizes.ofImages(images);
    }

    /** Of the good answers since this was asked last, while none was under way. */
    Percentiles latencyOfTurn() {
        Percentiles latency = Percentiles.of(turn);
        turn.reset();
        return latency;
    }

    /** Forgets everything; while none is under way. */
    void reset() {
        answers.reset();
        outcomes.clear();
        imagesBySize.clear();
        stages.clear();
        all.reset();
        turn.reset();
        refusals.reset();
        lateRefusals.reset();
        firstLate.clear();
        withoutRetryAfter.reset();
    }

    @Override
    public void close() {
        target.close();
    }
}
