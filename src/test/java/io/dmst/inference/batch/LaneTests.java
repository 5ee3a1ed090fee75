package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One worker on a simulated clock. */
class LaneTests {

    private final AtomicLong clock = new AtomicLong();
    private final FakeComputation computation = new FakeComputation();
    private final List<String> told = new ArrayList<>();
    private final RenewableEngine engine =
            new RenewableEngine(
                    () -> computation,
                    new BatchMeters(new SimpleMeterRegistry(), FakeComputation.MODEL));

    private final Lane lane =
            new Lane(
                    engine,
                    clock::get,
                    new Progress() {
                        @Override
                        public void begun(Batch batch) {
                            told.add("begun");
                        }

                        @Override
                        public void took(Kind kind, int images, long nanos) {
                            told.add(kind + " " + images + " " + nanos);
                        }

                        @Override
                        public void done(Batch batch) {
                            told.add("done");
                        }

                        @Override
                        public void unhealthy() {
                            told.add("unhealthy");
                        }
                    });

    private static Entry entry(long deadline) {
        return new Entry(FakeComputation.request("r", 3, new Deadline(deadline)), 0, reason -> {});
    }

    private static FailureCode code(Entry entry) {
        return ((Failure) entry.answer().join()).code();
    }

    @Test
    void everyImageIsAnsweredWithTheTimesOfItsBatch() throws Exception {
        Entry first = entry(1_000);
        Entry second = entry(1_000);
        clock.set(30);
        computation.before = batch -> clock.addAndGet(200);
        lane.compute(new Batch(Kind.PLAIN, List.of(first, second)));
        Outcome outcome = second.answer().join();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Prediction.class,
                        prediction -> {
                            assertThat(prediction.timing().queue()).hasNanos(30);
                            assertThat(prediction.timing().compute()).hasNanos(200);
                            assertThat(prediction.timing().batchSize()).isEqualTo(2);
                        });
        assertThat(told).containsExactly("begun", "PLAIN 2 200", "done");
    }

    @Test
    void whoseTimeIsOverOrWhoHasLeftIsNotComputedNeitherTogetherNorAlone() throws Exception {
        Entry late = entry(10);
        Entry gone = entry(1_000);
        Entry first = entry(1_000);
        Entry losesItsTime = entry(150);
        gone.answer().cancel(false);
        clock.set(10);
        computation.before =
                batch -> {
                    clock.addAndGet(100);
                    if (batch.size() > 1) {
                        throw new IllegalStateException("too many for me");
                    }
                };
        lane.compute(new Batch(Kind.PLAIN, List.of(late, gone, first, losesItsTime)));
        assertThat(code(late)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(first.answer().join()).isInstanceOf(Prediction.class);
        assertThat(code(losesItsTime)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(computation.computed).containsExactly(List.of("r", "r"), List.of("r"));
        assertThat(told).containsExactly("begun", "PLAIN 1 100", "done");
    }

    @Test
    void aBatchThatNobodyWantsAnyMoreIsDoneWithoutTheEngine() throws Exception {
        Entry late = entry(10);
        clock.set(11);
        lane.compute(new Batch(Kind.PLAIN, List.of(late)));
        assertThat(computation.computed).isEmpty();
        assertThat(told).containsExactly("begun", "done");
    }

    @Test
    void aFaultOfTheJvmIsContainedToo() throws Exception {
        Entry entry = entry(1_000);
        computation.before =
                batch -> {
                    throw new OutOfMemoryError("no room for this batch");
                };
        lane.compute(new Batch(Kind.PLAIN, List.of(entry)));
        assertThat(code(entry)).isEqualTo(FailureCode.INTERNAL);
    }
}
