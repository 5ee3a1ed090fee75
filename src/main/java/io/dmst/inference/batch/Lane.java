package io.dmst.inference.batch;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Timing;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes batches, one at a time, and keeps a fault to the image that caused it: a batch that
 * fails is computed again one by one, and only the images that fail alone are answered as failed.
 * Of a batch, only those requests are computed, alone or together, that are neither answered nor
 * past their deadline when their computation begins.
 */
final class Lane {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final RenewableEngine engine;
    private final LongSupplier clock;
    private final Progress progress;

    Lane(RenewableEngine engine, LongSupplier clock, Progress progress) {
        this.engine = engine;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Answers every request of a batch.
     *
     * @throws InterruptedException if interrupted while a broken engine is built anew
     */
    void compute(Batch batch) throws InterruptedException {
        progress.begun(batch);
        try {
            List<Entry> entries = begun(batch.entries());
            if (!entries.isEmpty()) {
                contain(entries);
            }
        } finally {
            batch.entries().forEach(Entry::fail);
            progress.done(batch);
        }
        engine.mend(progress::unhealthy);
    }

    private List<Entry> begun(List<Entry> entries) {
        long now = clock.getAsLong();
        return entries.stream().filter(entry -> entry.begins(now)).toList();
    }

    private void contain(List<Entry> entries) {
        try {
            together(entries);
        } catch (RuntimeException | Error e) {
            if (entries.size() == 1) {
                Entry culprit = entries.getFirst();
                log.error("request {}: the model failed", culprit.request().id(), e);
                culprit.fail();
                engine.failed();
                return;
            }
            log.warn("a batch of {} failed; its images are computed one by one", entries.size(), e);
            for (Entry entry : entries) {
                if (entry.begins(clock.getAsLong())) {
                    contain(List.of(entry));
                }
            }
        }
    }

    private void together(List<Entry> entries) {
        long begun = clock.getAsLong();
        List<Function<Timing, Outcome>> results =
                engine.run(entries.stream().map(Entry::request).toList());
        long took = clock.getAsLong() - begun;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Timing timing =
                    new Timing(
                            Duration.ofNanos(begun - entry.arrival()),
                            Duration.ofNanos(took),
                            entries.size());
            answer(entry, results.get(i).apply(timing));
        }
        progress.took(entries.getFirst().kind(), entries.size(), took);
    }

    private void answer(Entry entry, Outcome outcome) {
        if (outcome instanceof Failure failure && failure.code() == FailureCode.INTERNAL) {
            engine.failed();
        } else {
            engine.succeeded();
        }
        entry.answer().complete(outcome);
    }
}
